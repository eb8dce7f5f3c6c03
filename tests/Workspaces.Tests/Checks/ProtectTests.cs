using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Checks;

/// <summary>Pages that are taken away: raw pointers fault, and nothing else changes.</summary>
public sealed class ProtectTests
{
    public static TheoryData<string> Pointers => [.. PointerPrograms.All.Keys];

    public static TheoryData<string, WorkspaceConfiguration> Settings => new()
    {
        { "plain", new() },
        { "last use", new() { Lifetimes = LifetimePolicy.LastUse } },
        { "never reused", new() { PolicyAllocation = AllocationPolicy.Always } },
        { "nothing learned", new() { PolicyLearning = LearningPolicy.None, InitialSize = 64 << 10 } },
        { "file", new() { MaxSize = 40 << 10, PolicySpill = SpillPolicy.External } },
        { "heap", new() { DebugMode = DebugMode.SpillEverything, PolicySpill = SpillPolicy.Reallocate } },
        { "all spilled", new() { DebugMode = DebugMode.SpillEverything, PolicySpill = SpillPolicy.External } },
        { "mapped", new() { PolicyLocation = LocationPolicy.Mmap } },
        { "ring", new() { PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = 3 } },
        { "own memory", new() { WorkspaceMode = WorkspaceMode.None } },
    };

    [Theory]
    [MemberData(nameof(Pointers))]
    public void A_raw_pointer_faults_when_pages_are_taken_away(string program)
    {
        (int code, string output, string errors) = PointerPrograms.RunApart(program, CheckMode.Protect);
        Assert.True(code is 134 or 139 || OperatingSystem.IsWindows(), $"{code}: {output}{errors}");
        Assert.Contains("AccessViolation", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("survived", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_programs_go_on_when_they_are_not()
    {
        (int code, string output, string errors) = PointerPrograms.RunApart("*", CheckMode.Span);
        Assert.True(code == 0, errors);
        Assert.All(PointerPrograms.All.Keys, name => Assert.Contains($"survived: {name}", output, StringComparison.Ordinal));
    }

    [Fact]
    public void Living_bytes_and_spans_of_an_open_pass_stay()
    {
        foreach (string name in PointerPrograms.Harmless.Keys)
        {
            (int code, string output, string errors) = PointerPrograms.RunApart(name, CheckMode.Protect);
            Assert.True(code == 0, $"{name}: {errors}");
            Assert.Contains("survived", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Training_is_bit_equal_with_pages_taken_away(string name, WorkspaceConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Assert.NotEmpty(name);
        Assert.Equal(Train(configuration with { Checks = CheckMode.Span }), Train(configuration with { Checks = CheckMode.Protect }));
        Assert.Equal(Train(configuration with { Checks = CheckMode.Off }), Train(configuration with { Checks = CheckMode.Element }));
    }

    [Theory]
    [InlineData(CheckMode.Off)]
    [InlineData(CheckMode.Protect)]
    public void Plans_growth_and_peaks_are_those_of_other_modes(CheckMode checks)
    {
        static (long Peak, long Deviations, WorkspaceState State) Run(CheckMode mode)
        {
            using var manager = new WorkspaceManager();
            using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step", Checks = mode });
            for (int i = 0; i < 40; i++)
            {
                using Pass pass = workspace.Enter();
                int size = i < 20 ? 10_000 : 300_000; // grows past its committed pages
                using Tensor x = Tensor.Ones([size]);
                Tensor y;
                using (Tensor twice = x * 2) y = twice + 1;
                using (workspace.Enter()) Assert.Equal(3f * size, y.Sum().Item());
                Assert.Equal(3f, y.Elements<float>()[size - 1]);
            }

            return (workspace.PeakBytes, workspace.Deviations, workspace.State);
        }

        Assert.Equal(Run(CheckMode.Span), Run(checks));
    }

    [Fact]
    public void A_trimmed_and_a_lent_workspace_have_their_pages_when_they_need_them()
    {
        using var manager = new WorkspaceManager();
        for (int i = 0; i < 6; i++)
        {
            foreach (string name in new[] { "one", "two" })
            {
                using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = name, Checks = name == "one" ? CheckMode.Protect : CheckMode.Span });
                for (int pass = 0; pass < 3; pass++)
                {
                    using Pass open = workspace.Enter();
                    using Tensor x = Tensor.Ones([100_000 * (i + 1)]);
                    Assert.Equal(100_000f * (i + 1), x.Sum().Item());
                }

                if (i % 2 == 0) workspace.Trim();
            }

            if (i == 3) manager.Trim();
        }
    }

    [Fact]
    public void An_op_that_outlives_its_pass_ends_in_an_exception_and_not_in_a_fault()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step", Checks = CheckMode.Protect });
        using var inside = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        Task late;
        using (workspace.Enter())
        {
            Tensor x = Tensor.Ones([100_000]);
            late = Task.Run(() => x.Read<float>(span =>
            {
                inside.Set();
                ended.Wait();
                Assert.Equal(1f, span[99_999]);
            }));
            inside.Wait();
        }

        ended.Set();
        Assert.IsType<StaleAccessException>(Assert.Throws<AggregateException>(late.Wait).InnerException);
        for (int i = 0; i < 3; i++)
        {
            using Pass pass = workspace.Enter();
            using Tensor y = Tensor.Ones([100_000]);
            Assert.Equal(100_000f, y.Sum().Item());
        }
    }

    private static List<int> Train(WorkspaceConfiguration configuration)
    {
        string file = Path.Combine(Path.GetTempPath(), $"arena-{Guid.NewGuid():N}.bin");
        try
        {
            using var manager = new WorkspaceManager();
            if (configuration.PolicyLocation == LocationPolicy.Mmap) configuration = configuration with { TempFilePath = file };
            var bits = new List<int>();
            using var run = new ModelRun(new ModelSpec(24, [300, -1, 200, -4, 10], "adam"), manager);
            using Workspace workspace = manager.Lease(configuration with { Name = "step" });
            for (int i = 0; i < 30; i++)
            {
                using Pass pass = workspace.Enter();
                bits.Add(BitConverter.SingleToInt32Bits(run.Step()));
            }

            bits.AddRange(run.ParameterBits());
            return bits;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
