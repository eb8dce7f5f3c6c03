using System.Reflection;
using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

public class WorkspaceConfigurationTests
{
    private static PropertyInfo[] Keys =>
        [.. typeof(WorkspaceConfiguration).GetProperties().Where(p => p.SetMethod is not null && p.Name != "Name")];

    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        var defaults = new WorkspaceConfiguration();

        Assert.Null(defaults.Name);
        Assert.Equal((0L, 0L, 0L), (defaults.InitialSize, defaults.MinSize, defaults.MaxSize));
        Assert.Equal(0.3, defaults.OverallocationLimit);
        Assert.Equal(AllocationPolicy.Strict, defaults.PolicyAllocation);
        Assert.Equal(LearningPolicy.Optimized, defaults.PolicyLearning);
        Assert.Equal(SpillPolicy.External, defaults.PolicySpill);
        Assert.Equal(MirroringPolicy.HostOnly, defaults.PolicyMirroring);
        Assert.Equal(ResetPolicy.BlockLeft, defaults.PolicyReset);
        Assert.Equal(LocationPolicy.Ram, defaults.PolicyLocation);
        Assert.Null(defaults.TempFilePath);
        Assert.Equal((0, 2, 16), (defaults.CyclesBeforeInitialization, defaults.StepsNumber, defaults.MaxPlans));
        Assert.Equal((1L << 20, 64L << 10), (defaults.TempBlockSize, defaults.HelperMinSize));
        Assert.True(defaults.UseCycleDetector);
        Assert.True(defaults.HelperAllowFallback);
        Assert.Equal(WorkspaceMode.Enabled, defaults.WorkspaceMode);
        Assert.Equal(DebugMode.Disabled, defaults.DebugMode);
        Assert.Equal(CheckMode.Span, defaults.Checks);
        Assert.Equal(LifetimePolicy.Released, defaults.Lifetimes);
    }

    [Fact]
    public void A_default_is_not_written_and_a_value_equal_to_it_is()
    {
        Assert.DoesNotContain(Keys, key => new WorkspaceConfiguration().IsWritten(key.Name));
        foreach (var key in Keys)
        {
            var written = new WorkspaceConfiguration();
            key.SetValue(written, key.GetValue(written));
            Assert.Equal([key.Name], Keys.Where(other => written.IsWritten(other.Name)).Select(other => other.Name));
            Assert.True(written.IsWritten(key.Name.ToUpperInvariant()));
        }
    }

    [Theory]
    [InlineData("Name")]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("Nothing")]
    public void What_is_no_key_is_never_written(string key) =>
        Assert.False(new WorkspaceConfiguration { Name = "step", InitialSize = 1 }.IsWritten(key));

    [Fact]
    public void A_copy_remembers_what_was_written_in_both()
    {
        var copy = new WorkspaceConfiguration { MaxSize = 1 << 20 } with { MaxPlans = 4 };

        Assert.True(copy.IsWritten("MaxSize"));
        Assert.True(copy.IsWritten("MaxPlans"));
        Assert.False(copy.IsWritten("MinSize"));
    }

    [Fact]
    public void Equality_looks_at_every_value_and_at_nothing_else()
    {
        var plain = new WorkspaceConfiguration();
        Assert.Equal(plain, new WorkspaceConfiguration { MaxPlans = 16, PolicySpill = SpillPolicy.External });
        Assert.Equal(plain.GetHashCode(), new WorkspaceConfiguration { MaxPlans = 16 }.GetHashCode());
        foreach (var key in Keys)
        {
            var changed = new WorkspaceConfiguration();
            key.SetValue(changed, Another(key.PropertyType, key.GetValue(changed)));
            Assert.False(plain.Equals(changed), key.Name);
            Assert.Single(plain.DifferencesFrom(changed), text => text.StartsWith(key.Name + ":", StringComparison.Ordinal));
        }
        Assert.NotEqual(plain, plain with { Name = "step" });
        Assert.False(plain.Equals(null));
    }

    [Fact]
    public void Names_compare_without_case_as_keys_do()
    {
        var lower = new WorkspaceConfiguration { Name = "step" };
        var upper = new WorkspaceConfiguration { Name = "STEP" };

        Assert.Equal(lower, upper);
        Assert.Equal(lower.GetHashCode(), upper.GetHashCode());
        Assert.Empty(lower.DifferencesFrom(upper));
    }

    [Fact]
    public void Comparing_makes_no_garbage()
    {
        var one = new WorkspaceConfiguration { Name = "step", TempFilePath = "a", OverallocationLimit = 1 };
        var other = new WorkspaceConfiguration { Name = "Step", TempFilePath = new string('a', 1), OverallocationLimit = 1 };
        var equal = one.Equals(other) && one.GetHashCode() == other.GetHashCode();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) equal &= one.Equals(other) && one.GetHashCode() == other.GetHashCode();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(equal);
    }

    [Fact]
    public void Differences_are_named_with_both_values()
    {
        var here = new WorkspaceConfiguration { Name = "step", MaxSize = 64L << 20, PolicyLearning = LearningPolicy.FirstLoop };
        var there = new WorkspaceConfiguration { Name = "data", MaxSize = 1L << 30, PolicyLearning = LearningPolicy.OverTime };

        Assert.Equal(
            ["Name: step here, data there", "MaxSize: 64 MiB here, 1 GiB there", "PolicyLearning: Optimized here, Training there"],
            here.DifferencesFrom(there));
    }

    [Fact]
    public void The_text_shows_the_name_and_what_was_written() => Assert.Equal(
        "WorkspaceConfiguration { Name = step, InitialSize = 1 GiB, PolicyMirroring = HostOnly, UseCycleDetector = false }",
        new WorkspaceConfiguration
        {
            Name = "step",
            UseCycleDetector = false,
            InitialSize = 1L << 30,
            PolicyMirroring = MirroringPolicy.HostOnly,
        }.ToString());

    [Fact]
    public void Aliases_are_the_same_values()
    {
        Assert.Equal(LearningPolicy.Optimized, LearningPolicy.FirstLoop);
        Assert.Equal(LearningPolicy.Training, LearningPolicy.OverTime);
        Assert.Equal(MirroringPolicy.Enabled, MirroringPolicy.Full);
    }

    private static object Another(Type type, object? value) => value switch
    {
        null => "other",
        long number => number + 1,
        int number => number + 1,
        double number => number + 1,
        bool flag => !flag,
        Enum choice => Enum.ToObject(type, Convert.ToInt32(choice, null) + 1),
        _ => throw new InvalidOperationException(type.Name),
    };
}
