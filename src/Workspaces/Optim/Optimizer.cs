using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Optim;

/// <summary>
/// Changes parameters by their gradients. Parameters that lie next to each other in the parameter slab are updated by one kernel call. A step makes
/// no managed garbage; what the optimizer remembers is allocated at the first one.
/// </summary>
/// <remarks>
/// <para>
/// A step applies gradients that have arrived since the last one and marks them consumed, so that the next <c>Backward</c> overwrites them: no
/// zeroing is needed. A parameter without a gradient, or whose gradient was applied already, is left alone; with <c>keepGradients</c> gradients
/// stay, are applied again by the next step, and the next <c>Backward</c> adds to them.
/// </para>
/// <para>
/// Parameters form groups with numbers of their own: those given to the constructor are the first one, <see cref="AddGroup"/> adds more.
/// </para>
/// <para>A new kind derives from this class, says with <see cref="Declare"/> which numbers groups may have, and overrides
/// <see cref="Update"/>. Not safe for several threads.</para>
/// </remarks>
public abstract partial class Optimizer : IDisposable
{
    private readonly List<ParameterGroup> _groups = [];
    private readonly int _stateCount;
    private readonly double _defaultRate;
    private readonly double _defaultDecay;
    private GroupNumber[] _numbers = [];
    private Parameter[] _parameters = [];
    private ParameterRun[] _runs = [];

    // Kept, because the runtime forgets the names of types at garbage collections and would make them anew.
    private readonly string _name;
    private bool _disposed;

    /// <summary>Makes an optimizer.</summary>
    /// <param name="parameters">What it changes: at least one, none twice, e.g. <c>model.Parameters</c>.</param>
    /// <param name="learningRate">Step size: finite, at least 0.</param>
    /// <param name="stateCount">Numbers to remember for each element, 0 to 3; they begin as <see cref="InitialState"/> says.</param>
    /// <param name="weightDecay">Strength of weight decay: finite, at least 0.</param>
    /// <exception cref="ArgumentException">No parameter, the same one twice, or a disposed one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    protected Optimizer(IEnumerable<Parameter> parameters, double learningRate, int stateCount, double weightDecay = 0)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (stateCount is < 0 or > ParameterRun.MaxStates) OptimizerErrors.ThrowStates(stateCount);
        _name = GetType().Name;
        _stateCount = stateCount;
        _defaultRate = OptimizerErrors.AtLeast(learningRate, 0, _name, nameof(LearningRate));
        _defaultDecay = OptimizerErrors.AtLeast(weightDecay, 0, _name, nameof(weightDecay));
        Add(parameters, null, null, null, stateCount);
    }

    /// <summary>Step size of the first group; setting it gives all groups the same. It may be set between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not finite, or negative.</exception>
    public double LearningRate
    {
        get => _groups[0].LearningRate;
        set
        {
            OptimizerErrors.AtLeast(value, 0, _name, nameof(LearningRate));
            foreach (ParameterGroup group in _groups) group.LearningRate = value;
        }
    }

    /// <summary>Strength of weight decay of the first group.</summary>
    public double WeightDecay => _groups[0].WeightDecay;

    /// <summary>The groups of parameters, the constructor's first.</summary>
    public IReadOnlyList<ParameterGroup> Groups => _groups;

    /// <summary>Calls of <see cref="Step"/> so far.</summary>
    public long StepCount { get; private set; }

    /// <summary>The parameters of all groups, in the order given.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>The stretches of neighbours that one kernel call updates.</summary>
    internal ReadOnlySpan<ParameterRun> Runs => _runs;

    /// <summary>Kernel calls of the last step: one for each run, more where parameters had no gradient.</summary>
    internal int KernelCalls { get; private set; }

    /// <summary>Adds parameters with numbers of their own, e.g. biases without weight decay.</summary>
    /// <param name="parameters">At least one, none that the optimizer has already.</param>
    /// <param name="learningRate">Step size: finite, at least 0; null for that of the constructor.</param>
    /// <param name="weightDecay">Strength of weight decay: finite, at least 0; null for that of the constructor.</param>
    /// <param name="numbers">Other numbers by name, e.g. <c>Momentum</c>, <c>Beta1</c>; those that are not there are as in the constructor. Null for none.</param>
    /// <returns>The group; its numbers may be changed between steps.</returns>
    /// <exception cref="ArgumentException">No parameter, one that came before, a disposed one, or a number that the optimizer does not have.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public ParameterGroup AddGroup(
        IEnumerable<Parameter> parameters, double? learningRate = null, double? weightDecay = null, IReadOnlyDictionary<string, double>? numbers = null) =>
        Add(parameters, learningRate, weightDecay, numbers, null);

    /// <summary>
    /// Applies the gradients. Everything is checked first: after an exception nothing has changed. In a pass that is traced on shapes alone it allocates the
    /// state, if there is none yet, and changes nothing else.
    /// </summary>
    /// <param name="keepGradients">True to leave the gradients as they are, to be added to and applied again.</param>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    /// <exception cref="StaleAccessException">A parameter was disposed, or this task has outlived its pass.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory for the state is refused, at the first step.</exception>
    public void Step(bool keepGradients = false)
    {
        if (_disposed) Throw.UsedAfterDispose(_name, "take a step", "step before it is disposed, or make a new optimizer");
        using var use = new PassUse();
        Frame? frame = use.Frame;
        Apply(frame, keepGradients);
        if (frame is not { ShapesOnly: true }) StepCount++;
    }

    /// <summary>Zeroes all gradients. Between steps it is not needed.</summary>
    public void ZeroGrad()
    {
        foreach (Parameter parameter in _parameters) parameter.ZeroGrad();
    }

    /// <summary>Frees what the optimizer remembers; the parameters stay. A second call does nothing.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the optimizer remembers; overriders call the base.</summary>
    /// <param name="disposing">Always true: there is no finaliser.</param>
    protected virtual void Dispose(bool disposing)
    {
        _disposed = true;
        foreach (ParameterRun run in _runs) run.ReleaseState();
    }

    /// <summary>First value of one of the numbers that are remembered for each element; 0 unless overridden.</summary>
    /// <param name="index">0 to <c>stateCount</c> - 1.</param>
    /// <returns>The value.</returns>
    protected virtual double InitialState(int index) => 0;

    /// <summary>Says which numbers groups may have of their own; called once, by the constructor.</summary>
    /// <param name="numbers">The numbers, as <see cref="OptimizerSlice{T}.Number"/> counts them.</param>
    protected void Declare(params ReadOnlySpan<GroupNumber> numbers)
    {
        _numbers = numbers.ToArray();
        foreach (ParameterGroup group in _groups) group.Declare(_numbers, null);
    }

    /// <summary>Numbers to remember for each element of a group, where that depends on its own numbers; as many as the constructor said unless overridden.</summary>
    /// <param name="group">The group.</param>
    /// <returns>0 to 3.</returns>
    protected virtual int StateCountOf(ParameterGroup group) => _stateCount;

    /// <summary>
    /// Updates a stretch of elements, of one parameter or of several neighbours: each by itself, whatever its position. Between parameters lie up to 63
    /// bytes of padding, where values and gradients are 0 and state is what it began as.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="slice">Values, gradients and state.</param>
    protected abstract void Update<T>(in OptimizerSlice<T> slice)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Makes room for what a group's new numbers need to be remembered; false when it is too late.</summary>
    internal bool Adapt(ParameterGroup group)
    {
        int count = StateCountOf(group);
        ParameterRun[] its = Array.FindAll(_runs, run => ReferenceEquals(run.Group, group));
        if (Array.TrueForAll(its, run => run.StateCount >= count)) return true;
        if (Array.Exists(its, static run => run.HasState)) return false;
        _runs = [.. _runs.Except(its), .. ParameterRun.Partition(group.Parameters, count, group)];
        return true;
    }

    private ParameterGroup Add(
        IEnumerable<Parameter> parameters, double? learningRate, double? weightDecay, IReadOnlyDictionary<string, double>? numbers, int? stateCount)
    {
        if (_disposed) Throw.UsedAfterDispose(_name, "add parameters", "make a new optimizer");
        ArgumentNullException.ThrowIfNull(parameters);
        Parameter[] added = [.. parameters];
        OptimizerErrors.CheckParameters(added, _parameters, _name);
        var group = new ParameterGroup(added, learningRate ?? _defaultRate, weightDecay ?? _defaultDecay, this, _name);
        group.Declare(_numbers, numbers);
        _runs = [.. _runs, .. ParameterRun.Partition(added, stateCount ?? StateCountOf(group), group)];
        _parameters = [.. _parameters, .. added];
        _groups.Add(group);
        return group;
    }

    private void Apply(Frame? frame, bool keepGradients)
    {
        foreach (ParameterRun run in _runs) run.Prepare(_name, frame);
        foreach (ParameterRun run in _runs)
        {
            if (run.AllocateState(_name)) FillState(run);
        }

        KernelCalls = 0;
        foreach (ParameterRun run in _runs)
        {
            bool computes = frame is not { ShapesOnly: true } && !run.Manager.ShapesOnly;
            if (computes) UpdateRun(run, frame);
            else (run.Manager.Attachment as ComputeResources)?.Log?.End(_name, run.TotalBytes * (3 + (2 * run.StateCount)));
            run.Complete(_name, consume: !keepGradients, counts: computes);
        }
    }

    private void FillState(ParameterRun run)
    {
        for (int i = 0; i < run.StateCount && !run.Manager.ShapesOnly; i++)
        {
            if (InitialState(i) is not 0 and double value) run.FillState(i, value);
        }
    }

    private void UpdateRun(ParameterRun run, Frame? frame)
    {
        run.BeginWrite(_name);
        if (run.DType == DType.F32) UpdateRun<float>(run, frame);
        else UpdateRun<double>(run, frame);
    }

    private void UpdateRun<T>(ParameterRun run, Frame? ambient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Frame frame = ReferenceEquals(ambient?.Manager, run.Manager) ? ambient! : run.Manager.Persistent.State;
        for (int next = 0; run.TryFindSegment(ref next, out int first, out int last);)
        {
            Update(run.Slice<T>(first, last, ComputeTeams.For(frame, 2 * run.Bytes(first, last)))); // read and written
            KernelCalls++;
        }
    }
}
