using System.Text.RegularExpressions;
using Workspaces.Data;
using Workspaces.Data.Transforms;
using Workspaces.IO;
using Workspaces.NN;
using Workspaces.Tensors;
using Workspaces.Tests.IO;
using Workspaces.Train;

namespace Workspaces.Tests.Data;

/// <summary>The page about data: its examples are this code.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class DataPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_examples_are_the_code_of_the_tests_below()
    {
        string page = File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "data.md"));
        string own = File.ReadAllText(Path.Combine(TestFolders.Root, "tests", "Workspaces.Tests", "Data", "DataPageTests.cs"));
        MatchCollection examples = Example().Matches(page);
        Assert.Equal(2, examples.Count);
        Assert.All(examples, example => Assert.Contains(example.Groups["code"].Value, Indent().Replace(own, ""), StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_names_every_transform()
    {
        string page = File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "data.md"));
        IEnumerable<string> types = typeof(IDataTransform).Assembly.GetExportedTypes()
            .Where(static type => type.IsAssignableTo(typeof(IDataTransform)) && !type.IsInterface).Select(static type => type.Name);
        Assert.All(types, type => Assert.Contains($"| `{type}", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_examples_run()
    {
        TextWriter before = Console.Out;
        var text = new StringWriter();
        Console.SetOut(text);
        try
        {
            Table(_folder.Write("houses.csv", "size,rooms,price\n1,2,3\n4,5,6\n7,8,9\n10,11,12\n13,14,15\n"u8));
            using Sequential model = [new Linear(2, 3)], other = [new Linear(2, 3), new Linear(3, 1)];
            Weights(Path.Combine(_folder.Path, "model.safetensors"), model, other);
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.Equal("[4, 2] [4, 1]\nmissing 2, unexpected 0\n0.bias F32 [3]\n0.weight F32 [3, 2]\n", text.ToString());
    }

    private static void Table(string path)
    {
        IDataSet table = DataSets.OpenCsv(path, new CsvOptions { Task = CsvTask.Regression, Targets = ["price"], Streaming = true });
        (IDataSet train, IDataSet test) = DataSets.Split(table, fraction: 0.2, seed: 1);
        Normalize standard = Normalize.StandardizeBy(train);
        using var loader = new DataLoader(train.Transform(standard), batchSize: 32, shuffle: true, workers: 2);
        foreach ((Tensor x, Tensor y) in loader.Epoch(0)) Console.WriteLine($"{x.Shape} {y.Shape}");
        Assert.Equal(1, test.Count);
    }

    private static void Weights(string path, Sequential model, Sequential other)
    {
        model.SaveState(path, new Dictionary<string, string> { ["epoch"] = "3" });
        StateReport report = other.LoadState(path, strict: false);
        Console.WriteLine($"missing {report.Missing.Count}, unexpected {report.Unexpected.Count}");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (SafetensorsEntry entry in file.Tensors) Console.WriteLine($"{entry.Name} {entry.Type} {entry.Shape}");
        using Tensor weight = file.AsTensor("0.weight");
    }

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("^        ", RegexOptions.Multiline)]
    private static partial Regex Indent();
}
