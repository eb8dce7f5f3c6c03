using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Optimizers;
using Workspaces.Kernels.Team;
using Workspaces.Memory.Passes;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Optim;

/// <summary>
/// An average of parameters over the steps of a training, which often judges better than the parameters themselves. It lies in persistent memory, as long as the
/// parameters, and begins as their values.
/// </summary>
/// <remarks>
/// <code>
///   optimizer.Step();
///   average.Update();                        // after each step
///   using (average.SwapIn()) Evaluate();     // averages in the parameters, and the parameters' values in their place
/// </code>
/// Changing places copies nothing into new memory. A new kind overrides <see cref="ShareOf"/>. Not safe for several threads.
/// </remarks>
public abstract class WeightAverage : IDisposable
{
    private readonly ParameterRun[] _runs;
    private readonly List<AveragedBuffer> _buffers = [];
    private readonly string _name;
    private bool _disposed;

    /// <summary>Allocates the average and fills it with the present values.</summary>
    /// <param name="parameters">What is averaged: at least one, none twice, e.g. <c>model.Parameters</c>.</param>
    /// <param name="buffers">
    /// What is averaged besides, e.g. the values of <c>model.Buffers</c>, persistent and contiguous: those of a float type; others stay as
    /// the model has them. Null to average no buffer.
    /// </param>
    /// <exception cref="ArgumentException">No parameter, the same one twice, or a disposed one.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    protected WeightAverage(IEnumerable<Parameter> parameters, IEnumerable<Tensor>? buffers = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _name = GetType().Name;
        Parameter[] averaged = [.. parameters];
        OptimizerErrors.CheckParameters(averaged, [], _name);
        _runs = ParameterRun.Partition(averaged, stateCount: 1);
        using var use = new PassUse();
        try
        {
            foreach (ParameterRun run in _runs)
            {
                run.Prepare(_name, use.Frame, all: true);
                run.AllocateState(_name);
                if (!run.Manager.ShapesOnly) Follow(run, 1, null);
            }

            foreach (Tensor buffer in (buffers ?? []).Distinct().Where(static buffer => buffer.DType.IsFloatingPoint))
            {
                _buffers.Add(new AveragedBuffer(buffer, _name));
                _buffers[^1].Follow(_name, use.Frame, 1);
            }
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Calls of <see cref="Update"/> so far.</summary>
    public long UpdateCount { get; private set; }

    /// <summary>True while the averages are in the parameters.</summary>
    public bool IsSwappedIn { get; private set; }

    /// <summary>Takes the present values into the average. In a pass that is traced on shapes alone nothing happens.</summary>
    /// <exception cref="InvalidOperationException">The averages are in the parameters now, or a parameter has moved to another manager.</exception>
    /// <exception cref="StaleAccessException">A parameter was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The average was disposed.</exception>
    public void Update()
    {
        if (_disposed) Throw.UsedAfterDispose(_name, "update an average", "make a new average");
        if (IsSwappedIn) OptimizerErrors.ThrowSwapped("update an average", _name);
        using var use = new PassUse();
        Frame? frame = use.Frame;
        foreach (ParameterRun run in _runs) run.Prepare(_name, use.Frame, all: true);
        if (frame is { ShapesOnly: true }) return;
        double share = ShareOf(++UpdateCount);
        foreach (ParameterRun run in _runs)
        {
            if (!run.Manager.ShapesOnly) Follow(run, share, Team(run, frame));
        }

        foreach (AveragedBuffer buffer in _buffers) buffer.Follow(_name, frame, share);
    }

    /// <summary>
    /// Puts the averages into the parameters until the returned scope is disposed; what is written to the parameters meanwhile becomes part of the average. In a
    /// pass that is traced on shapes alone nothing happens.
    /// </summary>
    /// <returns>The scope: disposing it puts the parameters' own values back.</returns>
    /// <exception cref="InvalidOperationException">They are there already, or a parameter has moved to another manager.</exception>
    /// <exception cref="StaleAccessException">A parameter was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The average was disposed.</exception>
    public WeightAverageScope SwapIn()
    {
        if (_disposed) Throw.UsedAfterDispose(_name, "put averages into the parameters", "make a new average");
        if (IsSwappedIn) OptimizerErrors.ThrowSwapped("put averages into the parameters", _name);
        if (TensorFrames.IsTracing) return default;
        Swap();
        return new WeightAverageScope(this);
    }

    /// <summary>Frees the average; while it is in the parameters, their own values go back first. A second call does nothing.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Share of the new values in the average: it becomes average + share · (value - average).</summary>
    /// <param name="update">Number of the update, from 1.</param>
    /// <returns>0 to 1.</returns>
    protected abstract double ShareOf(long update);

    /// <summary>Frees the average; overriders call the base.</summary>
    /// <param name="disposing">Always true: there is no finaliser.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (_disposed) return;
        try
        {
            SwapOut();
        }
        finally
        {
            _disposed = true;
            Release();
        }
    }

    /// <summary>Puts the parameters' own values back; does nothing when they are there.</summary>
    internal void SwapOut()
    {
        if (IsSwappedIn) Swap();
    }

    private void Swap()
    {
        using var use = new PassUse();
        Frame? frame = use.Frame;
        foreach (ParameterRun run in _runs) run.Prepare(_name, use.Frame, all: true);
        foreach (ParameterRun run in _runs)
        {
            if (run.Manager.ShapesOnly) continue;
            run.BeginWrite(_name);
            KernelTeam? team = Team(run, frame);
            if (run.DType == DType.F32) Averaging.Swap(run.Values<float>(), run.State<float>(0), team);
            else Averaging.Swap(run.Values<double>(), run.State<double>(0), team);
        }

        foreach (AveragedBuffer buffer in _buffers) buffer.Swap(_name);
        IsSwappedIn = !IsSwappedIn;
    }

    /// <summary>The parameters that are averaged, stretch by stretch.</summary>
    internal IEnumerable<Parameter> Averaged => _runs.SelectMany(static run => Enumerable.Range(0, run.Count).Select(run.ParameterAt));

    /// <summary>Buffers that are averaged.</summary>
    internal int BufferCount => _buffers.Count;

    /// <summary>Kind of the average.</summary>
    internal string Kind => _name;

    /// <summary>The average of a parameter, as a view of one axis. Dispose it.</summary>
    internal Tensor AverageOf(Parameter parameter)
    {
        ParameterRun run = Array.Find(_runs, run => run.PlaceOf(parameter) >= 0)!;
        return run.StateView(0, run.PlaceOf(parameter));
    }

    /// <summary>The average of a buffer; it is the average's own.</summary>
    internal Tensor AverageOfBuffer(int index) => _buffers[index].Average;

    /// <summary>Goes on with the count of another average.</summary>
    internal void Restore(long updates) => UpdateCount = updates;

    private void Release()
    {
        foreach (ParameterRun run in _runs) run.ReleaseState();
        foreach (AveragedBuffer buffer in _buffers) buffer.Release();
    }

    private static void Follow(ParameterRun run, double share, KernelTeam? team)
    {
        if (run.DType == DType.F32) Follow<float>(run, share, team);
        else Follow<double>(run, share, team);
    }

    private static void Follow<T>(ParameterRun run, double share, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (share == 1) run.Values<T>().CopyTo(run.State<T>(0));
        else Averaging.Follow(run.State<T>(0), run.Values<T>(), T.CreateTruncating(share), team);
    }

    private static KernelTeam? Team(ParameterRun run, Frame? frame) =>
        ComputeTeams.For(ReferenceEquals(frame?.Manager, run.Manager) ? frame! : run.Manager.Persistent.State, run.TotalBytes);
}
