using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Workspaces.Data;
using Workspaces.Hosting.Top;
using Workspaces.Memory;
using Workspaces.Memory.Simulation;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.Hostile;
using Workspaces.Tests.Reports;

namespace Workspaces.Tests.Figures;

/// <summary>Numbers in pages that count something in the code are counted here: whoever adds one changes the page.</summary>
public sealed class CountedFigureTests
{
    private static readonly string[] Words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

    public static TheoryData<string, string, int> Counts => new()
    {
        { "README.md", @"A handle is (\w+) bytes", Unsafe.SizeOf<Tensor>() },
        { "docs/architecture.md", @"the pair \(header, generation\), (\w+) bytes", Unsafe.SizeOf<Block>() },
        { "README.md", @"Tensors of (\w+) types", Enum.GetValues<DType>().Length },
        { "README.md", @"(\w+) optimizers over contiguous slabs", Concrete(typeof(Optimizer), typeof(Optimizer).Assembly) },
        { "README.md", @"(\w+) instruments for OpenTelemetry", Rows("docs/observability.md", @"^\| `workspaces\.[a-z_.]+` \| `[^`]+` \| (?:up-down|gauge|counter|histogram)") },
        { "docs/planning.md", @"`all` \(default\) \| each of the (\w+)", TraceAllocators.Names.Count },
        { "SECURITY.md", @"files of (\w+) readers", HostileReaders },
        { "docs/observability.md", @"At most (\w+) are served", TopServer.MostClients },
    };

    [Theory]
    [MemberData(nameof(Counts))]
    public void A_page_says_how_many_there_are(string page, string sentence, int count)
    {
        Match said = Regex.Match(Regex.Replace(Text(page), @"\s+", " "), sentence);

        Assert.True(said.Success, $"{page} has no sentence like '{sentence}'");
        Assert.Equal(count, Number(said.Groups[1].Value));
    }

    [Fact]
    public void The_number_of_ops_is_about_what_the_README_says()
    {
        string[] ops = [.. typeof(UnaryOps).Assembly.GetExportedTypes()
            .Where(static type => type.Namespace == typeof(UnaryOps).Namespace && type is { IsAbstract: true, IsSealed: true, DeclaringType: null })
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(static method => !method.IsSpecialName).Select(static method => method.Name).Distinct()];

        int about = Number(Regex.Match(Text("README.md"), @"about (\w+) ops").Groups[1].Value);
        Assert.InRange(ops.Length, about - 10, about + 10);
    }

    [Fact]
    public void The_data_of_the_examples_is_as_large_as_the_pages_say()
    {
        string folder = Path.Combine(TestFolders.Root, "examples", "data");
        LabeledImages train = MnistDataSet.Load(Path.Combine(folder, "mnist"), DataSplit.Train), test = MnistDataSet.Load(Path.Combine(folder, "mnist"), DataSplit.Test);
        (TextDataSet text, _) = TextDataSet.Load(Path.Combine(folder, "text", "kjv-genesis-psalms-proverbs.txt"), 64);
        int houses = File.ReadLines(Path.Combine(folder, "csv", "houses.csv")).Count(static line => line.Length > 0) - 1;

        Says("README.md", $"the {train.Count:N0} real handwritten digits");
        Says("examples/data/README.md", $"{train.Count + test.Count:N0} handwritten digits, 28×28 grey pixels: {train.Count:N0} to train on, {test.Count:N0} to test with");
        Says("examples/data/README.md", $"{Least(train)} and {Most(train)} of each digit");
        Says("examples/data/README.md", $"{Least(test)} and {Most(test)} of each digit");
        Says("examples/data/README.md", $"{text.ClassCount} different characters");
        Says("examples/data/README.md", $"{new FileInfo(Path.Combine(folder, "text", "kjv-genesis-psalms-proverbs.txt")).Length / 1000} kB of plain English text");
        Says("examples/data/README.md", $"{houses} houses that do not exist");
    }

    [Fact]
    public void A_report_of_fifty_thousand_blocks_is_as_large_as_its_page_says()
    {
        Match said = Regex.Match(Text("docs/report.md"), @"50,000 blocks make a page of ([\d.]+) MB");
        double megabytes = BigReport.Of(50_000).ToHtml().Length / 1e6;

        Assert.Equal(double.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture), megabytes, 0.1);
    }

    private static void Says(string page, FormattableString text) => Assert.Contains(FormattableString.Invariant(text), Text(page), StringComparison.Ordinal);

    private static int Least(LabeledImages digits) => Enumerable.Range(0, 10).Min(digit => HowMany(digits, digit));

    private static int Most(LabeledImages digits) => Enumerable.Range(0, 10).Max(digit => HowMany(digits, digit));

    private static int HowMany(LabeledImages digits, int digit)
    {
        var pixels = new float[784];
        int count = 0;
        for (int i = 0; i < digits.Count; i++)
        {
            digits.CopySample(i, pixels, out long label);
            if (label == digit) count++;
        }

        return count;
    }

    private static int HostileReaders => typeof(HostileConformance<>).Assembly.GetTypes()
        .Count(static type => type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(HostileConformance<>));

    private static int Concrete(Type parent, Assembly assembly) => assembly.GetExportedTypes().Count(type => !type.IsAbstract && type.IsSubclassOf(parent));

    private static int Rows(string page, string row) => Regex.Count(Text(page), row, RegexOptions.Multiline);

    private static int Number(string word) => Array.IndexOf(Words, word) is >= 0 and var index ? index : int.Parse(word, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static string Text(string page) => File.ReadAllText(Path.Combine(TestFolders.Root, page)).ReplaceLineEndings("\n");
}
