using System.Collections.Concurrent;
using System.Globalization;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.NN;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Seams;

/// <summary>
/// A model as a plain function: each call leases a workspace, runs a pass without gradients, copies the result to where the caller wants it, and resets, also after an
/// exception. Nothing of a call is left but its result.
/// </summary>
/// <remarks>
/// <para>
/// Safe for several callers at once: each call in flight has a lease with an arena of its own, and all share the plans. The first call with new shapes traces them alone
/// before, so that already this call runs from a plan (<see cref="Trace"/> does that ahead); after that a call asks the system for nothing and makes no managed garbage.
/// </para>
/// <para>
/// The pass is ambient on the calling thread only: a model that spreads its own work over other threads must do so through <see cref="Pass.Fork"/>. Do not change the
/// parameters while calls run; after <c>MoveTo</c> another manager, wrap the model anew.
/// </para>
/// </remarks>
public sealed class WorkspaceModel : IDisposable
{
    private const string Op = "InWorkspace";
    private const int MostSignatures = 4096;
    private static int _numbers;
    private readonly Module? _model;
    private readonly ForwardFunction? _function;
    private readonly WorkspaceManager _manager;
    private readonly WorkspaceConfiguration _configuration;
    private readonly ConcurrentDictionary<ulong, bool> _traced = new();
    private readonly bool _ownsName;
    private volatile bool _disposed;

    /// <summary>Wraps a function of any number of inputs.</summary>
    /// <param name="forward">The function.</param>
    /// <param name="configuration">The workspace of the calls; null for the defaults. Without a name it gets one of its own, and its memory is freed with the callable.</param>
    /// <param name="manager">Owner of the workspace; null for the process-wide one.</param>
    /// <exception cref="ConfigurationException">The configuration cannot run.</exception>
    public WorkspaceModel(ForwardFunction forward, WorkspaceConfiguration? configuration = null, WorkspaceManager? manager = null)
        : this(configuration, manager)
    {
        ArgumentNullException.ThrowIfNull(forward);
        _function = forward;
    }

    internal WorkspaceModel(Module model, WorkspaceConfiguration? configuration, WorkspaceManager? manager)
        : this(configuration, manager) => _model = model;

    private WorkspaceModel(WorkspaceConfiguration? configuration, WorkspaceManager? manager)
    {
        _manager = manager ?? WorkspaceManager.Default;
        _configuration = configuration ?? new WorkspaceConfiguration();
        _configuration.ThrowIfInvalid();
        if (_configuration.Name is not null) return;
        _ownsName = true;
        _configuration = _configuration with { Name = $"model-{Interlocked.Increment(ref _numbers).ToString(CultureInfo.InvariantCulture)}" };
    }

    /// <summary>Name of the workspace that the calls lease.</summary>
    public string Name => _configuration.Name!;

    /// <summary>Traces a call on shapes alone, so that the first one with these inputs costs no more than any other. Computes nothing.</summary>
    /// <param name="inputs">Types and shapes of the inputs.</param>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="ShapeException">The model does not take such shapes.</exception>
    public void Trace(params ReadOnlySpan<(DType DType, Shape Shape)> inputs) => TraceOnce(Signature(inputs), inputs, loads: false);

    /// <summary>Runs the model and writes the result into a tensor of the caller.</summary>
    /// <param name="input">The input, from any workspace.</param>
    /// <param name="destination">Receives the result: of its shape and type, any strides.</param>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="StaleAccessException">A tensor is stale.</exception>
    /// <exception cref="ShapeException">The model does not take the input, or the destination has another shape.</exception>
    /// <exception cref="ArgumentException">The destination has another type, or the model takes another number of inputs.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public void Run(Tensor input, Tensor destination) => Run([input], destination);

    /// <inheritdoc cref="Run(Tensor, Tensor)"/>
    /// <param name="inputs">The inputs, from any workspace.</param>
    /// <param name="destination">Receives the result.</param>
    public void Run(ReadOnlySpan<Tensor> inputs, Tensor destination)
    {
        destination.Checked(Op);
        using WorkspaceCall call = Begin(inputs);
        Forward(inputs).CopyTo(destination);
    }

    /// <summary>Runs the model and writes the elements of the result into memory of the caller, in row-major order.</summary>
    /// <typeparam name="T">Element type of the result.</typeparam>
    /// <param name="input">The input, from any workspace.</param>
    /// <param name="destination">Receives exactly as many elements as the result has.</param>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="StaleAccessException">The input is stale.</exception>
    /// <exception cref="ShapeException">The model does not take the input.</exception>
    /// <exception cref="ArgumentException">The result has another type or length, or the model takes another number of inputs.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public void Run<T>(Tensor input, Span<T> destination)
        where T : unmanaged => Run([input], destination);

    /// <inheritdoc cref="Run{T}(Tensor, Span{T})"/>
    /// <param name="inputs">The inputs, from any workspace.</param>
    /// <param name="destination">Receives exactly as many elements as the result has.</param>
    public void Run<T>(ReadOnlySpan<Tensor> inputs, Span<T> destination)
        where T : unmanaged
    {
        using WorkspaceCall call = Begin(inputs);
        CopyOut(Forward(inputs), destination);
    }

    /// <summary>Runs the model on elements outside every workspace, e.g. a request's; they are copied in first.</summary>
    /// <typeparam name="TInput">Element type of the input.</typeparam>
    /// <typeparam name="TOutput">Element type of the result.</typeparam>
    /// <param name="input">The elements in row-major order.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="destination">Receives exactly as many elements as the result has.</param>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="ShapeException">The elements do not fit the shape, or the model does not take it.</exception>
    /// <exception cref="ArgumentException">The result has another type or length.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public void Run<TInput, TOutput>(ReadOnlySpan<TInput> input, Shape shape, Span<TOutput> destination)
        where TInput : unmanaged
        where TOutput : unmanaged
    {
        if (shape.Length != input.Length)
            throw new ShapeException(
                $"run on an input of shape {shape}", Op, $"{input.Length} elements do not fit {shape.Length}", "give as many elements as the shape has");
        (DType DType, Shape Shape) kind = (DTypes.Of<TInput>(), shape);
        PassSignature signature = Signature([kind]).With(1); // the copy of the input is a request more
        if (!_traced.ContainsKey(signature.Key)) TraceOnce(signature, [kind], loads: true);
        using WorkspaceCall call = Open(signature);
        Tensor loaded = Load(kind.DType, shape, input);
        CopyOut(Forward([loaded]), destination);
    }

    /// <summary>Runs the model; the result is made in the ambient pass of the caller, outside every workspace it is persistent.</summary>
    /// <param name="input">The input, from any workspace.</param>
    /// <returns>The result, the caller's.</returns>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="WorkspaceException">The ambient pass belongs to the model's own workspace.</exception>
    /// <exception cref="StaleAccessException">The input is stale, or this task has outlived its pass.</exception>
    /// <exception cref="ShapeException">The model does not take the input.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public Tensor Run(Tensor input) => Run([input]);

    /// <inheritdoc cref="Run(Tensor)"/>
    /// <param name="inputs">The inputs, from any workspace.</param>
    public Tensor Run(ReadOnlySpan<Tensor> inputs)
    {
        Frame target = TensorFrames.Current;
        if (target.Workspace is { } workspace && ReferenceEquals(workspace.Manager, _manager) && string.Equals(workspace.Name, Name, StringComparison.OrdinalIgnoreCase))
            throw new WorkspaceException(
                "make the result of a model in the ambient workspace", Op,
                $"pass {target.PassNumber} of workspace '{Name}' is ambient, and the model itself runs in that workspace",
                "call it in a pass of another workspace, or give it a destination");
        using WorkspaceCall call = Begin(inputs);
        Tensor output = Forward(inputs);
        using var op = new OpScope(Op, target, output);
        Tensor result = op.Allocate(output.DType, output.Shape);
        TensorCopy.Run(op, output, result);
        op.Complete();
        return result;
    }

    /// <summary>Ends it; calls in flight come to their end. The memory of a name that was given stays with the manager. The model is not disposed.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_ownsName) _manager.Destroy(Name);
    }

    private WorkspaceCall Begin(ReadOnlySpan<Tensor> inputs)
    {
        PassSignature signature = Mode();
        foreach (Tensor input in inputs)
        {
            TensorHeader header = input.Checked(Op);
            signature = signature.WithInput(header.DType, header.Layout.Shape);
        }

        if (!_traced.ContainsKey(signature.Key)) TraceLike(signature, inputs);
        return Open(signature);
    }

    private WorkspaceCall Open(scoped in PassSignature signature)
    {
        if (_disposed) Throw.UsedAfterDispose($"model '{Name}'", "run a model in its workspace", "run it before it is disposed, or ask InWorkspace for another one");
        return new WorkspaceCall(_manager.LeaseDetached(_configuration), signature);
    }

    private PassSignature Signature(ReadOnlySpan<(DType DType, Shape Shape)> inputs)
    {
        PassSignature signature = Mode();
        foreach ((DType dtype, Shape shape) in inputs) signature = signature.WithInput(dtype, shape);
        return signature;
    }

    /// <summary>Inference; of a model that was switched back to training, e.g. for dropout at inference, another one.</summary>
    private PassSignature Mode()
    {
        PassSignature signature = new PassSignature().WithMode(training: false);
        return _model is { IsTraining: true } ? signature.With(1) : signature;
    }

    private Tensor Forward(ReadOnlySpan<Tensor> inputs)
    {
        if (_function is { } function) return function(inputs);
        if (inputs.Length != 1) ThrowInputs(inputs.Length);
        return _model!.Forward(inputs[0]);
    }

    private void TraceLike(in PassSignature signature, ReadOnlySpan<Tensor> inputs)
    {
        var kinds = new (DType, Shape)[inputs.Length];
        for (int i = 0; i < kinds.Length; i++) kinds[i] = (inputs[i].DType, inputs[i].Shape);
        TraceOnce(signature, kinds, loads: false);
    }

    private void TraceOnce(in PassSignature signature, ReadOnlySpan<(DType DType, Shape Shape)> inputs, bool loads)
    {
        if (_disposed) Throw.UsedAfterDispose($"model '{Name}'", "run a model in its workspace", "run it before it is disposed, or ask InWorkspace for another one");
        if (_traced.Count >= MostSignatures) _traced.Clear(); // a model whose shapes never end
        using (Workspace workspace = _manager.Lease(_configuration))
        {
            var trace = new ShapeTrace(workspace);
            try
            {
                trace.Run(signature, inputs, tensors => Rehearse(tensors, loads));
            }
            catch (ShapesOnlyException error)
            {
                trace.Report(Op, error);
            }
        }

        _traced.TryAdd(signature.Key, true);
    }

    /// <summary>What a call does, result included, without values.</summary>
    private void Rehearse(ReadOnlySpan<Tensor> inputs, bool loads)
    {
        using NoGradScope off = Gradients.Off();
        Tensor output = loads ? Forward([Load<byte>(inputs[0].DType, inputs[0].Shape, [])]) : Forward(inputs);
        using var op = new OpScope(Op, output);
        op.Complete();
    }

    private static Tensor Load<T>(DType dtype, in Shape shape, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        using var op = new OpScope(Op);
        Tensor tensor = op.Allocate(dtype, shape);
        if (op.Computes) elements.CopyTo(op.WriteSpan<T>(tensor));
        op.Complete();
        return tensor;
    }

    private static void CopyOut<T>(Tensor output, Span<T> destination)
        where T : unmanaged
    {
        using var op = new OpScope(Op, output);
        if (DTypes.Of<T>() != output.DType) TensorThrow.WrongType(output, DTypes.Of<T>(), "copy the result");
        if (destination.Length != output.Length) TensorThrow.WrongLength("copy the result", output, destination.Length);
        TensorCopy.Run(op.ReadSpan<T>(output), output.Layout, destination, Layout.Contiguous(output.Shape));
        op.Complete();
    }

    private static void ThrowInputs(int count) => throw new ArgumentException(WorkspaceException.Compose(
        $"run a module on {count} inputs", Op, "a module takes 1", "give one tensor, or wrap a function of several: new WorkspaceModel(inputs => …)"));
}
