namespace Workspaces.Kernels.Recurrent;

/// <summary>Sizes of a recurrence and how its sequences lie in memory.</summary>
internal readonly record struct RecurrenceSettings
{
    /// <summary>Steps of the sequences.</summary>
    public int Steps { get; init; }

    /// <summary>Sequences that run side by side.</summary>
    public int Samples { get; init; }

    /// <summary>Width of the state.</summary>
    public int Hidden { get; init; }

    /// <summary>True to run from the last step to the first.</summary>
    public bool Reverse { get; init; }

    /// <summary>True when the sample axis comes before the step axis.</summary>
    public bool BatchFirst { get; init; }

    /// <summary>True when there is an initial state; without one it is 0.</summary>
    public bool HasState { get; init; }

    /// <summary>True when the output has one more step at its end, the last cell state.</summary>
    public bool WithCell { get; init; }

    /// <summary>Step that comes after <paramref name="count"/> others.</summary>
    public int StepAt(int count) => Reverse ? Steps - 1 - count : count;

    /// <summary>Layout of sequences of a width.</summary>
    public SequenceLayout LayoutOf(int width, int moreSteps = 0) => SequenceLayout.Of(BatchFirst, Steps + moreSteps, Samples, width);

    /// <summary>Layout of the output and of its gradient.</summary>
    public SequenceLayout Output => LayoutOf(Hidden, WithCell ? 1 : 0);

    /// <summary>Elements of one state.</summary>
    public int StateLength => checked(Samples * Hidden);
}
