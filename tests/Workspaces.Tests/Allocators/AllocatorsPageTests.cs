using System.Text.RegularExpressions;
using Workspaces.Memory.Allocators;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Allocators;

/// <summary>The page about allocators: its example is this code, and it names all of them.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class AllocatorsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "allocators.md"));

    [Fact]
    public void The_example_is_the_code_of_the_test_below()
    {
        string example = Example().Match(Page).Groups["code"].Value;
        string own = File.ReadAllText(Path.Combine(TestFolders.Root, "tests", "Workspaces.Tests", "Allocators", "AllocatorsPageTests.cs"));
        Assert.NotEmpty(example);
        Assert.Contains(example, Indent().Replace(own, ""), StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_runs()
    {
        TextWriter before = Console.Out;
        var text = new StringWriter();
        Console.SetOut(text);
        try
        {
            RunExample();
        }
        finally
        {
            Console.SetOut(before);
        }

        string[] lines = text.ToString().Split('\n');
        Assert.StartsWith("Tracking(Limit(SizeChain[65536: HugePage](Caching(Native))))", lines[0], StringComparison.Ordinal);
        Assert.Contains("1 blocks with 1,048,576 bytes", lines[1], StringComparison.Ordinal);
        Assert.Contains("tag 'warm-up'", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_names_every_allocator_and_no_other()
    {
        IEnumerable<string> types = typeof(IAllocator).Assembly.GetExportedTypes()
            .Where(static type => type.IsAssignableTo(typeof(IAllocator)) && type is { IsInterface: false, IsAbstract: false })
            .Select(static type => type.Name);
        Assert.Equal(types.Order(StringComparer.Ordinal), Row().Matches(Page).Select(static row => row.Groups["type"].Value).Order(StringComparer.Ordinal));
    }

    private static void RunExample()
    {
        using var pages = new HugePageAllocator();
        var cache = new CachingAllocator(new NativeAllocator(), maxCachedBytes: 64 << 20);
        var chain = new SizeChainAllocator(cache, thresholdBytes: 64 << 10, large: pages);
        using var tracking = new TrackingAllocator(new LimitAllocator(chain, limitBytes: 1L << 30));
        using (AllocatorScope.Use(tracking))
        using (tracking.Tag("warm-up"))
        {
            using Tensor table = Tensor.Ones([256, 1024]);
            Console.WriteLine(table.Allocator!.Name);
            Console.WriteLine(tracking.Report());
        }

        tracking.ThrowIfLeaked();
    }

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"^        ", RegexOptions.Multiline)]
    private static partial Regex Indent();

    [GeneratedRegex(@"^\| `(?<type>\w+Allocator)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
