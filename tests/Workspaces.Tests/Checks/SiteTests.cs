using System.Runtime.CompilerServices;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Checks;

/// <summary>Errors that name the places in the user's code.</summary>
public sealed class SiteTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public SiteTests() => _workspace = _manager.Lease(new WorkspaceConfiguration { Name = "step" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(64, 40)]
    public void A_tensor_of_an_ended_pass_names_where_it_was_made_where_the_pass_ended_and_where_it_is_used(int oneIn, int passes)
    {
        using IDisposable recording = _manager.RecordSites(oneIn);
        Tensor kept = default;
        for (int i = 0; i < passes; i++) kept = MakeInAPass();
        using (_workspace.Enter())
        {
            using Tensor another = Tensor.Ones([2, 3]); // headers are not recycled while places are recorded
            string message = Assert.Throws<StaleAccessException>(() => kept.Sum()).Message;
            Assert.Contains("'kept' float32[2, 3]", message, StringComparison.Ordinal);
            AssertSite(message, "made at ", nameof(MakeInAPass));
            AssertSite(message, "its pass ended at ", nameof(MakeInAPass));
            AssertSite(message, "used at ", nameof(A_tensor_of_an_ended_pass_names_where_it_was_made_where_the_pass_ended_and_where_it_is_used));
            Assert.Contains("workspace 'step'", message, StringComparison.Ordinal);
            Assert.Contains($" in pass {passes + 1}:", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_released_tensor_names_where_it_was_released()
    {
        using IDisposable recording = _manager.RecordSites();
        for (int i = 0; i < 10; i++)
        {
            using Pass pass = _workspace.Enter();
            Tensor x = Tensor.Ones([5]);
            Release(x);
            using Tensor y = Tensor.Ones([5]);
            string message = Assert.Throws<StaleAccessException>(() => x.Item()).Message;
            AssertSite(message, "released at ", nameof(Release));
            AssertSite(message, "made at ", nameof(A_released_tensor_names_where_it_was_released));
        }
    }

    [Fact]
    public void A_block_has_its_places_too()
    {
        using IDisposable recording = _manager.RecordSites(1);
        using Pass pass = _workspace.Enter();
        Block block = pass.Allocate(100);
        block.Dispose();
        string message = Assert.Throws<StaleAccessException>(() => block.AsSpan()).Message;
        AssertSite(message, "made at ", nameof(A_block_has_its_places_too));
        AssertSite(message, "released at ", nameof(A_block_has_its_places_too));
    }

    [Fact]
    public void Nothing_is_said_of_places_that_nobody_asked_for_and_recordings_end()
    {
        IDisposable first = _manager.RecordSites(1), second = _manager.RecordSites(100);
        Tensor kept = MakeInAPass();
        first.Dispose();
        Assert.Contains("made at ", Assert.Throws<StaleAccessException>(() => kept.Sum()).Message, StringComparison.Ordinal);
        second.Dispose();
        second.Dispose();
        Assert.DoesNotContain("made at ", Assert.Throws<StaleAccessException>(() => kept.Sum()).Message, StringComparison.Ordinal);
        kept = MakeInAPass();
        Assert.DoesNotContain(" at ", Assert.Throws<StaleAccessException>(() => kept.Sum()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _manager.RecordSites(0));
    }

    [Fact]
    public void Results_plans_and_deviations_are_those_without_a_recording()
    {
        float Run()
        {
            using Pass pass = _workspace.Enter();
            using Tensor x = Tensor.Arange(0, 100), y = x * 2;
            return (y + x).Sum().Item();
        }

        float expected = Run();
        for (int i = 0; i < 5; i++) Run();
        long peak = _workspace.PeakBytes;
        using (_manager.RecordSites())
        {
            for (int i = 0; i < 20; i++) Assert.Equal(expected, Run());
        }

        Assert.Equal(expected, Run());
        Assert.Equal(peak, _workspace.PeakBytes);
        Assert.Equal(0, _workspace.Deviations);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Tensor MakeInAPass()
    {
        using Pass pass = _workspace.Enter();
        return Tensor.Ones([2, 3]).Named("kept");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Release(Tensor tensor) => tensor.Dispose();

    /// <summary>"at SiteTests.cs:97 (SiteTests.Release)"; a lambda has the method's name in its own.</summary>
    private static void AssertSite(string message, string what, string method)
    {
        int at = message.IndexOf(what, StringComparison.Ordinal);
        Assert.True(at >= 0, message);
        string site = message[(at + what.Length)..];
        Assert.True(site.StartsWith($"{nameof(SiteTests)}.cs:", StringComparison.Ordinal), message);
        Assert.True(site[..site.IndexOf(')', StringComparison.Ordinal)].Contains(method, StringComparison.Ordinal), message);
    }
}
