using System.Numerics;
using Workspaces.Kernels.Team;

namespace Workspaces.Optim;

/// <summary>What an optimizer updates in one go: values with their gradients and what it remembers of each, element by element.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct OptimizerSlice<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Span<T> _state0;
    private readonly Span<T> _state1;
    private readonly Span<T> _state2;
    private readonly ParameterGroup? _group;

    internal OptimizerSlice(
        Span<T> values, ReadOnlySpan<T> gradients, Span<T> state0, Span<T> state1, Span<T> state2, ParameterGroup? group, long step, KernelTeam? team)
    {
        Values = values;
        Gradients = gradients;
        _state0 = state0;
        _state1 = state1;
        _state2 = state2;
        _group = group;
        LearningRate = group?.LearningRate ?? 0;
        WeightDecay = group?.WeightDecay ?? 0;
        Step = step;
        Team = team;
    }

    /// <summary>The elements to change.</summary>
    public Span<T> Values { get; }

    /// <summary>Their gradients.</summary>
    public ReadOnlySpan<T> Gradients { get; }

    /// <summary>Step size of their group.</summary>
    public double LearningRate { get; }

    /// <summary>Strength of weight decay of their group.</summary>
    public double WeightDecay { get; }

    /// <summary>One of the numbers that the optimizer has declared, as their group has it.</summary>
    /// <param name="index">Its place among them.</param>
    /// <returns>The number.</returns>
    public double Number(int index) => _group!.Number(index);

    /// <summary>Number of this step for these elements, from 1; steps without a gradient do not count.</summary>
    public long Step { get; }

    /// <summary>What is remembered of each element, before the first step 0 or what <see cref="Optimizer.InitialState"/> says.</summary>
    /// <param name="index">0 to the optimizer's <c>stateCount</c> - 1.</param>
    /// <returns>As many elements as <see cref="Values"/>; none above the count.</returns>
    public Span<T> State(int index) => index switch
    {
        0 => _state0,
        1 => _state1,
        2 => _state2,
        _ => [],
    };

    /// <summary>Threads for the kernel, or null.</summary>
    internal KernelTeam? Team { get; }
}
