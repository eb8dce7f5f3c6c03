using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

public class WorkspaceValidationTests
{
    private const string Root = "Workspaces:step";

    public static TheoryData<string, WorkspaceConfiguration> Wrong => new()
    {
        { "InitialSize", new() { InitialSize = -1 } },
        { "MinSize", new() { MinSize = long.MinValue } },
        { "MaxSize", new() { MaxSize = -64 } },
        { "MaxSize", new() { MaxSize = long.MaxValue } },
        { "TempBlockSize", new() { TempBlockSize = -4096 } },
        { "TempBlockSize", new() { TempBlockSize = 0 } },
        { "TempBlockSize", new() { TempBlockSize = 4095 } },
        { "TempBlockSize", new() { TempBlockSize = 2 << 20, MaxSize = 1 << 20 } },
        { "HelperMinSize", new() { HelperMinSize = -1 } },
        { "MinSize", new() { MinSize = 2 << 20, MaxSize = 1 << 20 } },
        { "InitialSize", new() { InitialSize = 2 << 20, MaxSize = 1 << 20 } },
        { "OverallocationLimit", new() { OverallocationLimit = double.NaN, PolicyAllocation = AllocationPolicy.Overallocate } },
        { "OverallocationLimit", new() { OverallocationLimit = -0.1, PolicyAllocation = AllocationPolicy.Overallocate } },
        { "OverallocationLimit", new() { PolicyAllocation = AllocationPolicy.Overallocate, OverallocationLimit = 1 / 0.0 } },
        { "OverallocationLimit", new() { OverallocationLimit = 0.5 } },
        { "CyclesBeforeInitialization", new() { CyclesBeforeInitialization = -1, PolicyLearning = LearningPolicy.Training } },
        { "CyclesBeforeInitialization", new() { CyclesBeforeInitialization = 3 } },
        { "StepsNumber", new() { StepsNumber = 1, PolicyReset = ResetPolicy.EndOfBufferReached } },
        { "StepsNumber", new() { StepsNumber = 1025, PolicyReset = ResetPolicy.EndOfBufferReached } },
        { "StepsNumber", new() { StepsNumber = 4 } },
        { "MaxPlans", new() { MaxPlans = 0 } },
        { "TempFilePath", new() { TempFilePath = "arena.bin", PolicySpill = SpillPolicy.Fail } },
        { "TempFilePath", new() { TempFilePath = " ", PolicyLocation = LocationPolicy.Mmap } },
        { "TempFilePath", new() { TempFilePath = "a\0b", PolicyLocation = LocationPolicy.Mmap } },
        { "PolicyLearning", new() { PolicyLearning = LearningPolicy.None } },
        { "DebugMode", new() { DebugMode = DebugMode.SpillEverything, PolicySpill = SpillPolicy.Fail } },
        { "PolicySpill", new() { PolicySpill = (SpillPolicy)42 } },
        { "Checks", new() { Checks = (CheckMode)(-1) } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_value_is_a_problem_at_its_path(string key, WorkspaceConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var problems = (configuration with { Name = "step" }).Validate();

        var wrong = problems.Where(problem => !problem.Asked.Contains("not built", StringComparison.Ordinal));
        Assert.Contains($"{Root}:{key}", wrong.Select(problem => problem.Path));
        Assert.All(problems, problem => Assert.DoesNotContain("", new[] { problem.Path, problem.Asked, problem.Numbers, problem.Remedy }));
    }

    [Fact]
    public void Sensible_configurations_have_no_problem()
    {
        Assert.Empty(new WorkspaceConfiguration().Validate());
        Assert.Empty(new WorkspaceConfiguration { MaxSize = 4096 }.Validate());
        Assert.Empty(new WorkspaceConfiguration { InitialSize = 1 << 20, MinSize = 1 << 20, MaxSize = 1 << 20 }.Validate());
        Assert.Empty(new WorkspaceConfiguration { InitialSize = 1L << 40 }.Validate());
        Assert.Empty(new WorkspaceConfiguration { InitialSize = 1L << 30, PolicyMirroring = MirroringPolicy.HostOnly }.Validate());
        Assert.Empty(new WorkspaceConfiguration { Name = "step-2.eval_b" }.Validate());
    }

    [Fact]
    public void A_file_without_a_name_needs_a_path()
    {
        var mapped = new WorkspaceConfiguration { PolicyLocation = LocationPolicy.Mmap };

        Assert.Single(mapped.Validate());
        Assert.Empty((mapped with { Name = "step" }).Validate());
        Assert.Empty((mapped with { TempFilePath = "arena.bin" }).Validate());
    }

    [Theory]
    [InlineData("Manager")]
    [InlineData("manager")]
    [InlineData("DEFAULTS")]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(" step")]
    [InlineData("a:b")]
    [InlineData("a__b")]
    [InlineData("a=b")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("..")]
    public void Names_that_cannot_be_configured_are_refused(string name) =>
        Assert.Single(new WorkspaceConfiguration { Name = name }.Validate());

    [Fact]
    public void A_name_is_not_endless() => Assert.Single(new WorkspaceConfiguration { Name = new string('n', 129) }.Validate());

    [Fact]
    public void Everything_is_said_at_once_in_one_message()
    {
        var configuration = new WorkspaceConfiguration
        {
            Name = "step",
            MinSize = -1,
            InitialSize = 3 << 20,
            MaxSize = 2 << 20,
            OverallocationLimit = double.NaN,
            Checks = (CheckMode)9,
            MaxPlans = 0,
            StepsNumber = 1,
        };

        var error = Assert.Throws<ConfigurationException>(() => configuration.ThrowIfInvalid());

        string[] keys = ["MinSize", "InitialSize", "OverallocationLimit", "Checks", "MaxPlans", "StepsNumber"];
        Assert.All(keys, key => Assert.Contains($"{Root}:{key}:", error.Message, StringComparison.Ordinal));
        Assert.Contains("3 MiB", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxSize = 2 MiB", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{error.Problems.Count} problems", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_path_of_an_unnamed_configuration_is_its_type_and_can_be_given()
    {
        var wrong = new WorkspaceConfiguration { MaxPlans = -1 };

        Assert.Equal("WorkspaceConfiguration:MaxPlans", Assert.Single(wrong.Validate()).Path);
        Assert.Equal("Cfg:MaxPlans", Assert.Single(wrong.Validate("Cfg")).Path);
    }
}
