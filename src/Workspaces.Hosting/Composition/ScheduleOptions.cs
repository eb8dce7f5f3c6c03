using System.ComponentModel.DataAnnotations;
using Workspaces.Optim;

namespace Workspaces.Hosting.Composition;

/// <summary>Options of a schedule that changes the rate every so many epochs or steps.</summary>
internal sealed record StepScheduleOptions
{
    [Range(1L, 1L << 40)]
    public long Every { get; init; } = 1;

    [Range(1e-9, 1e9)]
    public double Gamma { get; init; } = 0.1;

    public ScheduleUnit Per { get; init; } = ScheduleUnit.Epoch;
}

/// <summary>Options of a schedule with milestones.</summary>
internal sealed record MultiStepScheduleOptions
{
    [Required]
    public long[]? Milestones { get; init; }

    [Range(1e-9, 1e9)]
    public double Gamma { get; init; } = 0.1;

    public ScheduleUnit Per { get; init; } = ScheduleUnit.Epoch;
}

/// <summary>Options of an exponential schedule.</summary>
internal sealed record ExponentialScheduleOptions
{
    [Range(1e-9, 1e9)]
    public double Gamma { get; init; } = 0.95;

    public ScheduleUnit Per { get; init; } = ScheduleUnit.Epoch;
}

/// <summary>Options of a cosine with warm-up.</summary>
internal sealed record CosineScheduleOptions
{
    /// <summary>0 for the length of the run.</summary>
    [Range(0L, 1L << 40)]
    public long TotalSteps { get; init; }

    [Range(0L, 1L << 40)]
    public long WarmUpSteps { get; init; }

    [Range(0.0, 1e6)]
    public double Minimum { get; init; }

    [Range(0.0, 1.0)]
    public double WarmUpStart { get; init; } = 0.01;

    public ScheduleUnit Per { get; init; } = ScheduleUnit.Step;
}

/// <summary>Options of one cycle.</summary>
internal sealed record OneCycleScheduleOptions
{
    /// <summary>0 for the length of the run.</summary>
    [Range(0L, 1L << 40)]
    public long TotalSteps { get; init; }

    [Range(0.0, 1.0)]
    public double RiseShare { get; init; } = 0.3;

    [Range(1e-9, 1e9)]
    public double Divisor { get; init; } = 25;

    [Range(1e-9, 1e9)]
    public double FinalDivisor { get; init; } = 1e4;

    public bool Linear { get; init; }

    public ScheduleUnit Per { get; init; } = ScheduleUnit.Step;
}

/// <summary>Options of a reduction on plateaus of the training loss.</summary>
internal sealed record PlateauScheduleOptions
{
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Factor { get; init; } = 0.1;

    [Range(0L, 1L << 40)]
    public long Patience { get; init; } = 10;

    [Range(0.0, 1.0)]
    public double Threshold { get; init; } = 1e-4;

    [Range(0L, 1L << 40)]
    public long Cooldown { get; init; }

    [Range(0.0, 1e6)]
    public double Minimum { get; init; }
}
