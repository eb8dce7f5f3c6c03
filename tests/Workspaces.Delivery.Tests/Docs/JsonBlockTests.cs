using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.DependencyInjection;
using Workspaces.IO;
using Workspaces.Tensors;

namespace Workspaces.Delivery.Tests.Docs;

/// <summary>Every JSON block of a page is JSON, and one with sections of a run file, or of a program's settings, is taken by their reader, with all its names and values.</summary>
public sealed class JsonBlockTests
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static TheoryData<string> Blocks => Pages.Named("json");

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_is_read_by_what_would_read_it(string name)
    {
        CodeBlock block = Pages.Block(name);
        string text = block.Text.TrimStart();
        JsonObject written = JsonNode.Parse(text.StartsWith('"') ? $"{{{text}}}" : text, null, Lenient)!.AsObject();
        JsonObject hidden = block.Around.Length > 0 ? JsonNode.Parse(block.Around)!.AsObject() : [];
        if (!written.Any(static section => RunConfiguration.KnownSections.Contains(section.Key) || section.Key == "WorkspacePools")) return;

        Assert.Null(Record.Exception(() => Read(written, hidden)));
    }

    private static void Read(JsonObject written, JsonObject hidden)
    {
        using var folder = new TemporaryFolder();
        if (written.ContainsKey("WorkspacePools"))
        {
            string program = folder.File("appsettings.json", written.ToJsonString());
            using WorkspaceHost host = WorkspaceHost.Create(new ConfigurationBuilder().AddJsonFile(program).Build());
            return;
        }

        JsonObject run = Complete(written, hidden, folder);
        using TrainingRun made = TrainingRun.CreateForShapes(RunConfiguration.Load(folder.File("run.json", run.ToJsonString())));
    }

    /// <summary>Sections that the page leaves out come from the digits' run; data that it names is put where it says.</summary>
    private static JsonObject Complete(JsonObject written, JsonObject hidden, TemporaryFolder folder)
    {
        JsonObject run = JsonNode.Parse(File.ReadAllText(Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json")), null, Lenient)!.AsObject();
        run["Data"]!["Folder"] = Digits;
        foreach ((string section, JsonNode? value) in written.Concat(hidden)) run[section] = value?.DeepClone();
        JsonNode data = run["Data"]!;
        if (data["Folder"] is not null) data["Folder"] = Digits;
        foreach (string key in (string[])["File", "Labels", "TestFile", "TestLabels"])
            if (data[key] is { } file) data[key] = Make(folder, file.ToString(), isLabels: key.EndsWith("Labels", StringComparison.Ordinal));
        return run;
    }

    /// <summary>A small file of the kind that its name says.</summary>
    private static string Make(TemporaryFolder folder, string name, bool isLabels)
    {
        if (Path.GetExtension(name) == ".csv") return folder.File(name, Table);
        if (Path.GetExtension(name) == ".txt") return folder.File(name, string.Concat(Enumerable.Repeat("the text of a page, windows of which are batches\n", 40)));
        string path = Path.Combine(folder.Path, name);
        using Tensor array = isLabels ? Tensor.Zeros([64], DType.I64) : Tensor.Ones([64, 4]);
        Npy.Save(path, array);
        return path;
    }

    private static string Digits => Path.Combine(TestFolders.Root, "examples", "data", "mnist");

    private static string Table => string.Join('\n', Enumerable.Range(0, 64).Select(static i => $"{i % 7},{i % 5},{i % 3},{i % 9}.5").Prepend("area,rooms,place,price"));
}
