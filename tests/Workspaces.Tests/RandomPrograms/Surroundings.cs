using Workspaces.Memory;

namespace Workspaces.Tests.RandomPrograms;

/// <summary>Where a program runs. Whatever they are, it must show the same as in plain ones, in which each tensor owns its memory.</summary>
/// <param name="Name">Name, for the tests.</param>
/// <param name="Configure">Makes the configuration; it is told the bytes of one tensor.</param>
internal sealed record Surroundings(string Name, Func<long, WorkspaceConfiguration> Configure)
{
    /// <summary>Every tensor has memory of its own, one thread.</summary>
    internal static readonly Surroundings Plain = new("plain", static _ => new() { WorkspaceMode = WorkspaceMode.None });

    /// <summary>The same as a ring of two and of three passes: what the passes before have made can still be read.</summary>
    private static readonly Surroundings
        PlainRing = new("ring, plain", static _ => RingOf(2) with { WorkspaceMode = WorkspaceMode.None }),
        PlainRingOfThree = new("ring of three, plain", static _ => RingOf(3) with { WorkspaceMode = WorkspaceMode.None });

    private const string Stale = "stale", NoMemory = "no memory";

    /// <summary>All that are compared with the plain ones.</summary>
    internal static readonly Surroundings[] All =
    [
        new("enabled", static _ => new()),
        new("single", static _ => new() { WorkspaceMode = WorkspaceMode.Single }),
        new("one plan", static _ => new() { MaxPlans = 1 }),
        new("learning for long", static _ => new() { PolicyLearning = LearningPolicy.Training, CyclesBeforeInitialization = 2 }),
        new("never planned", static _ => new() { PolicyLearning = LearningPolicy.None, InitialSize = 4096 }),
        new("overallocated", static _ => new() { PolicyAllocation = AllocationPolicy.Overallocate }),
        new("poisoned", static _ => new() { PolicyAllocation = AllocationPolicy.Always }),
        new("capped, in a file", static bytes => new() { MaxSize = 6 * bytes, PolicySpill = SpillPolicy.External }),
        new("capped, reallocated", static bytes => new() { MaxSize = 60 * bytes, PolicySpill = SpillPolicy.Reallocate }) { MayRefuse = NoMemory },
        new("capped, refused", static bytes => new() { MaxSize = 60 * bytes, PolicySpill = SpillPolicy.Fail }) { MayRefuse = NoMemory },
        new("everything spilled", static _ => new() { DebugMode = DebugMode.SpillEverything, PolicySpill = SpillPolicy.Reallocate }),
        new("last use", static _ => new() { Lifetimes = LifetimePolicy.LastUse }) { MayRefuse = Stale },
        new("last use, capped", static bytes => new() { Lifetimes = LifetimePolicy.LastUse, MaxSize = 6 * bytes }) { MayRefuse = Stale },
        new("two threads", static _ => new() { HelperMinSize = 64 }) { Threads = 2 },
        new("two threads, last use", static _ => new() { HelperMinSize = 64, Lifetimes = LifetimePolicy.LastUse }) { Threads = 2, MayRefuse = Stale },
        new("two threads, capped", static bytes => new() { HelperMinSize = 64, MaxSize = 6 * bytes }) { Threads = 2 },
        new("two threads, plain", static _ => new() { WorkspaceMode = WorkspaceMode.None }) { Threads = 2 },
        new("awaits", static _ => new()) { Threads = 2, Awaits = true },
        new("awaits, plain", static _ => new() { WorkspaceMode = WorkspaceMode.None }) { Threads = 2, Awaits = true },
        new("awaits, last use", static _ => new() { Lifetimes = LifetimePolicy.LastUse }) { Threads = 2, Awaits = true, MayRefuse = Stale },
        new("ring", static _ => RingOf(2)) { Against = PlainRing },
        new("ring of three, capped", static bytes => RingOf(3) with { MaxSize = 18 * bytes }) { Against = PlainRingOfThree },
        new("ring of three, last use, two threads", static _ => RingOf(3) with { HelperMinSize = 64, Lifetimes = LifetimePolicy.LastUse })
            { Against = PlainRingOfThree, Threads = 2, MayRefuse = Stale },
        new("ring, awaits", static _ => RingOf(2)) { Against = PlainRing, Threads = 2, Awaits = true },

        // Without checks a program that uses stale tensors has no meaning, so that mode is not among these.
        .. new[] { CheckMode.Element, CheckMode.Protect }
            .Where(static checks => new WorkspaceConfiguration { Checks = checks }.Validate().Count == 0)
            .Select(static checks => new Surroundings($"checks: {checks}", _ => new() { Checks = checks })),
    ];

    /// <summary>Threads of kernels; with two, blocks that hop run on another thread and lanes at the same time.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>True to go on on another thread after some steps.</summary>
    public bool Awaits { get; init; }

    /// <summary>What a run here must show the same as; null for the plain ones.</summary>
    public Surroundings? Against { get; init; }

    /// <summary>The kind of refusal that these surroundings may add.</summary>
    public string? MayRefuse { get; init; }

    private static WorkspaceConfiguration RingOf(int slots) => new() { PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = slots };
}
