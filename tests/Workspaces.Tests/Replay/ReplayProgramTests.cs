using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tests.Replay;

/// <summary>Scenario 32 with bytes: programs that deviate from pass to pass, under each policy; a failure prints the seed of the program.</summary>
public class ReplayProgramTests
{
    private const int Passes = 30;

    public static TheoryData<WorkspaceConfiguration> Policies => new()
    {
        new WorkspaceConfiguration(),
        new WorkspaceConfiguration { Lifetimes = LifetimePolicy.LastUse },
        new WorkspaceConfiguration { PolicyLearning = LearningPolicy.Training, CyclesBeforeInitialization = 3 },
        new WorkspaceConfiguration { PolicyLearning = LearningPolicy.Training, Lifetimes = LifetimePolicy.LastUse },
        new WorkspaceConfiguration { PolicyAllocation = AllocationPolicy.Overallocate, OverallocationLimit = 0.5 },
        new WorkspaceConfiguration { PolicyAllocation = AllocationPolicy.Overallocate, Lifetimes = LifetimePolicy.LastUse, MaxPlans = 1 },
        new WorkspaceConfiguration { PolicyAllocation = AllocationPolicy.Always },
        new WorkspaceConfiguration { PolicyAllocation = AllocationPolicy.Always, Lifetimes = LifetimePolicy.LastUse },
        new WorkspaceConfiguration { PolicyLearning = LearningPolicy.None, InitialSize = 64 << 10 },
        new WorkspaceConfiguration { PolicyLearning = LearningPolicy.None, InitialSize = 4096, Lifetimes = LifetimePolicy.LastUse },
        new WorkspaceConfiguration { WorkspaceMode = WorkspaceMode.None },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void Scenario_32_programs_that_deviate_in_every_way_never_lose_a_byte(WorkspaceConfiguration policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        Assert.Empty(policies.Validate());
        int planned = 0, spilled = 0, late = 0, failed = 0;
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                ReplayProgram program = Run(policies, seed);
                planned += program.Planned;
                spilled += program.Spilled;
                late += program.LateUses;
                failed += program.Failed;
                return true;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

        bool learns = policies is
        {
            WorkspaceMode: WorkspaceMode.Enabled, PolicyLearning: not LearningPolicy.None, PolicyAllocation: not AllocationPolicy.Always,
        };
        Assert.Equal(learns, planned > 10_000);
        Assert.Equal(learns, spilled > 500);
        Assert.Equal(learns && policies.Lifetimes == LifetimePolicy.LastUse, late > 20);
        Assert.True(failed > 20);
    }

    [Theory]
    [InlineData(LifetimePolicy.Released)]
    [InlineData(LifetimePolicy.LastUse)]
    public void Faithful_passes_are_served_by_their_plan_alone(LifetimePolicy lifetimes)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using var manager = new WorkspaceManager();
            using Workspace workspace = manager.Lease(new() { Lifetimes = lifetimes, MaxPlans = 64 });
            var program = new ReplayProgram(workspace, ProgramStep.Program(new Random(seed), 120));
            for (int pass = 0; pass < 8; pass++) program.Run(new Random(pass), deviations: 0);
            long learning = workspace.Deviations; // a nested pass may borrow the plan of another one before it has its own
            for (int pass = 0; pass < 4; pass++) program.Run(new Random(pass), deviations: 0);

            Assert.Equal((learning, 0), (workspace.Deviations, program.LateUses));
        }
    }

    private static ReplayProgram Run(WorkspaceConfiguration policies, int seed)
    {
        try
        {
            using var manager = new WorkspaceManager();
            using Workspace workspace = manager.Lease(policies with { Name = "program" });
            var program = new ReplayProgram(workspace, ProgramStep.Program(new Random(seed), 100)) { TellsPassesApart = seed % 3 != 0 };
            int deviations = (seed % 4) switch { 0 => 5, 1 => 30, 2 => 100, _ => 300 };
            for (int pass = 0; pass < Passes; pass++) program.Run(new Random(seed + pass), pass % 5 == 1 ? 0 : deviations);
            Assert.Null(Ambient.Current is { IsOpen: true } open && open.Up is not null ? open : null);
            return program;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"program of seed {seed}: {error.Message}", error);
        }
    }
}
