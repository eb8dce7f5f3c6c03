using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Memory.Configuration;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Replay;
using Workspaces.Data;
using Xunit.Abstractions;

namespace Workspaces.Tests.Hostile;

/// <summary>Text for character models.</summary>
public sealed class TextHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds => [HostileSeeds.Of("In the beginning God created the heaven and the earth. ä€😀"), HostileSeeds.Of("abc\r\ndef\r\nghi\r\njkl\r\nmno")];

    public void Read(string path, WorkspaceManager manager)
    {
        (TextDataSet train, _) = TextDataSet.Load(path, 4, 0.3);
        Assert.Equal(4, train.FeatureCount);
    }
}

/// <summary>Planning problems as CSV.</summary>
public sealed class TraceHostile : IHostileReader
{
    internal const string Problem = "id,lower,upper,size\n0,0,3,100\n1,1,4,64\n2,3,6,1000\n3,2,9,1\n";

    public IEnumerable<byte[]> Seeds => [HostileSeeds.Of(Problem), HostileSeeds.Of("size,x,id,upper,lower\n5,a,7,2,1\n6,\"b\",8,3,2\n")];

    public void Read(string path, WorkspaceManager manager) => _ = TraceCsv.Read(path);
}

/// <summary>Plans as CSV.</summary>
public sealed class PlanCsvHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds => [HostileSeeds.Of("id,lower,upper,size,offset\n0,0,3,100,0\n1,1,4,64,128\n2,3,6,1000,192\n3,2,9,1,1216\n")];

    public void Read(string path, WorkspaceManager manager)
    {
        PlanningProblem problem = TraceCsv.Read(new StringReader(TraceHostile.Problem), "problem");
        using var reader = new StreamReader(path);
        _ = TraceCsv.ReadPlan(reader, path, problem);
    }
}

/// <summary>The plan cache's JSON. Its messages are findings that the caller puts the file's name to.</summary>
public sealed class PlanJsonHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds => [HostileSeeds.Of(Save)];

    public bool NamesFile => false;

    public void Read(string path, WorkspaceManager manager)
    {
        using FileStream stream = File.OpenRead(path);
        _ = PlanFile.Read(stream, LifetimePolicy.Released);
    }

    private static void Save(string path)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "step" });
        for (int i = 0; i < 30; i++)
        {
            using Pass pass = workspace.Enter();
            using (workspace.MemoryManager.Allocate(1000)) workspace.MemoryManager.Allocate(200);
            workspace.MemoryManager.Allocate(64);
        }

        workspace.SavePlans(path);
    }
}

/// <summary>The file of a mapped workspace, with names that climb.</summary>
public sealed class BlockStoreHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds => [HostileSeeds.Of(static path => Session(path, static workspace =>
    {
        workspace.OpenStored("../../x", 100).AsSpan().Fill(1);
        workspace.OpenStored("weights", 5000).AsSpan().Fill(2);
    }))];

    public bool IsDocumented(Exception error) => error is WorkspaceException;

    public void Read(string path, WorkspaceManager manager) => Session(path, static workspace =>
    {
        foreach (StoredBlock block in workspace.StoredBlocks)
        {
            if (block.Bytes < 1 << 20) _ = workspace.OpenStored(block.Name, block.Bytes).AsSpan().Length;
        }
    });

    private static void Session(string path, Action<Workspace> use)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "kept", PolicyLocation = LocationPolicy.Mmap, TempFilePath = path });
        use(workspace);
    }
}

/// <summary>Run files and appsettings.json.</summary>
public sealed class ConfigurationHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds =>
    [
        HostileSeeds.Of("""{ "Data": { "Type": "Csv", "File": "../x.csv", "Transforms": [ { "Type": "Flatten" } ] }, "Training": { "Epochs": 3 }, "Workspaces": { "step": { "MaxSize": "1 MiB" } } }"""),
        HostileSeeds.Of("""{ /* a comment */ "Workspaces": { "other": { "InitialSize": 4096, "PolicySpill": "Fail" }, "Defaults": { "MaxPlans": 3 }, }, }"""),
        File.ReadAllBytes(Path.Combine(TestFolders.Root, "configs", "mnist-lenet.json")), File.ReadAllBytes(Path.Combine(TestFolders.Root, "appsettings.json")),
    ];

    public bool NamesFile => false; // some problems name the path of a key instead, which is as good

    public int BytesPerByte => 2000; // each key of a nested object is held with its whole path

    public int FixedBytes => 4 << 20;

    public int LongestMessage => 1 << 20; // all problems at once, each with its whole key

    public bool IsDocumented(Exception error) => error is ConfigurationException;

    public void Read(string path, WorkspaceManager manager)
    {
        RunConfiguration run = RunConfiguration.Load(new RunSources { RunFile = path, AppSettings = path, Environment = new Dictionary<string, string>() });
        _ = EffectiveConfiguration.Describe(run);
    }
}

public sealed class TextHostileTests(ITestOutputHelper output) : HostileConformance<TextHostile>(output);

public sealed class TraceHostileTests(ITestOutputHelper output) : HostileConformance<TraceHostile>(output);

public sealed class PlanCsvHostileTests(ITestOutputHelper output) : HostileConformance<PlanCsvHostile>(output);

public sealed class PlanJsonHostileTests(ITestOutputHelper output) : HostileConformance<PlanJsonHostile>(output);

public sealed class BlockStoreHostileTests(ITestOutputHelper output) : HostileConformance<BlockStoreHostile>(output);

public sealed class ConfigurationHostileTests(ITestOutputHelper output) : HostileConformance<ConfigurationHostile>(output);
