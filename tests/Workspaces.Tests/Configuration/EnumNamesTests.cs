using Workspaces.Memory;
using Workspaces.Memory.Configuration;

namespace Workspaces.Tests.Configuration;

public class EnumNamesTests
{
    [Theory]
    [InlineData("Optimized", LearningPolicy.Optimized)]
    [InlineData("firstloop", LearningPolicy.Optimized)]
    [InlineData(" OVERTIME ", LearningPolicy.Training)]
    [InlineData("none", LearningPolicy.None)]
    public void Names_and_aliases_are_read_in_any_case(string text, LearningPolicy expected)
    {
        Assert.True(EnumNames.TryParse(typeof(LearningPolicy), text, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("None, Training")]
    [InlineData("value__")]
    public void Numbers_and_lists_are_not_names(string text) => Assert.False(EnumNames.TryParse(typeof(LearningPolicy), text, out _));

    [Fact]
    public void The_first_name_is_printed_and_never_the_alias()
    {
        Assert.Equal("Optimized", EnumNames.Format(LearningPolicy.FirstLoop));
        Assert.Equal("Training", EnumNames.Format(LearningPolicy.OverTime));
        Assert.Equal("Enabled", EnumNames.Format(MirroringPolicy.Full));
        Assert.Equal("9", EnumNames.Format((MirroringPolicy)9));
    }

    [Fact]
    public void The_list_shows_aliases() =>
        Assert.Equal("None, Optimized (alias FirstLoop), Training (alias OverTime)", EnumNames.Allowed(typeof(LearningPolicy)));
}
