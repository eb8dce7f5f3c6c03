using System.Runtime.InteropServices;
using Workspaces.Delivery.Tests.Docs;

namespace Workspaces.Delivery.Tests.Packages;

/// <summary>Programs that know the packages only: nothing but the packed files and what the machine has already been given can serve them.</summary>
[Trait("Category", "Slow")]
[Collection(nameof(PackageCollection))]
public sealed class InstalledPackageTests(PackageFeed feed)
{
    private const string Forgetful = """
        internal static class Forgetful
        {
            internal static float Sum(Workspace ws)
            {
                var pass = ws.Enter();
                return Tensor.Ones([2, 2]).Sum().Item();
            }
        }
        """;

    private const string Service = """
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using WebApplication app = builder.Build();
        using var model = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 2));
        model.Initialize(1);
        using var manager = new WorkspaceManager();
        using var pool = new WorkspacePool(manager, new WorkspaceConfiguration { Name = "serve" }, capacity: 2);
        app.MapGet("/classify", async (CancellationToken stop) =>
        {
            using WorkspaceLease lease = await pool.RentAsync(stop);
            using Pass pass = lease.Enter();
            return model.Forward(Tensor.Ones([1, 4])).Softmax().Sum().Item();
        });
        await app.StartAsync();
        using var http = new HttpClient();
        string answer = "";
        for (int i = 0; i < 4; i++) answer = await http.GetStringAsync($"{app.Urls.First()}/classify");
        Console.WriteLine($"answer {float.Parse(answer, System.Globalization.CultureInfo.InvariantCulture):F3}");
        """;

    /// <summary>What hosting offers without a configuration that is bound by reflection: pages, top, observers, progress, checkpoints, meters.</summary>
    private const string Hosted = """
        using System.Diagnostics.Metrics;
        using Microsoft.Extensions.Logging.Abstractions;
        using Workspaces.Hosting.DependencyInjection;
        using Workspaces.Hosting.Logging;
        using Workspaces.Hosting.Progress;
        using Workspaces.Hosting.Reports;
        using Workspaces.Hosting.Top;
        using Workspaces.IO;
        using Workspaces.Memory.Recording;

        var options = new WorkspaceHostOptions { Top = new TopOptions { Enabled = true, Socket = "top.sock" } };
        options.Workspaces["step"] = new WorkspaceConfiguration { Name = "step" };
        options.Pools["step"] = 2;
        using var host = new WorkspaceHost(options);
        WorkspaceManager manager = host.Manager;
        using var model = new Sequential(new Conv2d(1, 4, 3, manager: manager), new ReLU(), new Flatten(), new Linear(4 * 6 * 6, 2, manager: manager));
        model.Initialize(1);
        using var optimizer = new Adam(model.Parameters, 0.01);
        float[] features = new float[64 * 64];
        long[] labels = new long[64];
        for (int i = 0; i < features.Length; i++)
        {
            labels[i / 64] = i / 64 % 2;
            features[i] = i / 64 % 2 == 0 ? i % 3 : -(i % 5);
        }

        long measured = 0;
        using var meters = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == "Workspaces") listener.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<long>((_, _, _, _) => measured++);
        meters.Start();
        using var loader = new DataLoader(DataSets.OfArrays("rows", features, [1, 8, 8], labels, 2), 16, manager: manager);
        using PassRecording recording = manager.RecordPasses();
        var trainer = new Trainer(
            model, new CrossEntropyLoss().Forward, optimizer, loader, loader,
            new TrainerOptions { Epochs = 3, Step = options.Workspaces["step"], Checkpoints = new CheckpointOptions { Folder = "kept" } }, manager);
        TrainResult result = ConsoleProgress.Run(shown => trainer.Run(new TrainObservers(new TrainHistory("history.json"), new TrainLogObserver(NullLogger.Instance, shown))));
        trainer.Resume(CheckpointFolder.Newest("kept"));
        using TopClient client = TopClient.Connect(host.TopSocket!);
        int seen = (await client.ReadAsync())!.Workspaces.Count;
        using (Workspace workspace = host.Lease("step"))
        {
            using (workspace.Enter()) Tensor.Ones([4, 4]).MatMul(Tensor.Ones([4, 4]));
            WorkspaceReport.Write(workspace, "page.html", recording);
        }

        Npz.Save("weights.npz", [("a", model.Parameters[0].Value)], compress: true);
        model.SaveState("weights.safetensors");
        meters.RecordObservableInstruments();
        bool dynamic = System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported;
        Console.WriteLine($"{result.Memory.PassState}, healthy {host.CheckHealth().IsHealthy}, seen {seen > 1}, measured {measured > 0}, page {new FileInfo("page.html").Length > 10_000}, dynamic {dynamic}");
        """;

    /// <summary>The program of the package's own page, with lines behind it that say what came of it.</summary>
    private static string Training =>
        Pages.Blocks.First(static block => block.Page == "src/Workspaces/README.md").Text + """
        float[] logits;
        using (ws.Enter()) logits = model.Forward(x).ToArray<float>();
        Console.WriteLine($"learned {logits[0] > logits[1] && logits[2] < logits[3] && logits[4] < logits[5] && logits[6] > logits[7]}, {ws.State}");
        """;

    [Fact]
    public void A_console_program_trains_and_is_warned_by_the_rules()
    {
        string folder = feed.Project(
            "console", Console("Workspaces", "Workspaces.Interop", "Workspaces.Testing"), ("Program.cs", Training), ("Forgetful.cs", Forgetful),
            ("Solver.cs", "using Workspaces.Interop.LinearAlgebra;\npublic static class Solver { public static Tensor Solve(Tensor a, Tensor b) => a.Solve(b); }"),
            ("Tidy.cs", "public sealed class Tidy { [Workspaces.Testing.NoLeaks] public void Test() { } }"));

        string build = Build(folder, "console");

        Assert.Contains("Forgetful.cs(5,20): warning WS0001", build, StringComparison.Ordinal);
        Assert.DoesNotContain("Program.cs(", build, StringComparison.Ordinal);
        Assert.Contains("learned True, Planned", feed.Run(folder, Path.Combine("out", "console.dll")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_web_service_answers_from_a_pool_of_workspaces()
    {
        string folder = feed.Project("service", Console("Workspaces.Hosting").Replace("NET.Sdk\"", "NET.Sdk.Web\"", StringComparison.Ordinal), ("Program.cs", Service));

        Build(folder, "service");

        Assert.Contains("answer 1.000", feed.Run(folder, Path.Combine("out", "service.dll")), StringComparison.Ordinal);
    }

    [NeedsRuntimePackFact]
    public void A_program_published_with_its_runtime_and_trimmed_trains() =>
        Assert.Contains("learned True, Planned", PublishTrimmed("trimmed", "Workspaces", Training, more: ""), StringComparison.Ordinal);

    /// <summary>As a program compiled ahead of time has it: no code is made while it runs, and JSON is not read by reflection.</summary>
    [NeedsRuntimePackFact]
    public void A_hosted_program_that_is_trimmed_and_makes_no_code_while_it_runs_does_everything_that_needs_no_binding()
    {
        const string more = "<DynamicCodeSupport>false</DynamicCodeSupport><JsonSerializerIsReflectionEnabledByDefault>false</JsonSerializerIsReflectionEnabledByDefault><EnableAotAnalyzer>true</EnableAotAnalyzer>";
        string said = PublishTrimmed("hosted", "Workspaces.Hosting", Hosted, more);
        Assert.Contains("Planned, healthy True, seen True, measured True, page True, dynamic False", said, StringComparison.Ordinal);
    }

    /// <summary>No warning of the trimmer stands in our assemblies, and the program runs without what was cut away.</summary>
    private string PublishTrimmed(string name, string package, string program, string more)
    {
        string folder = feed.Project(name, Console(package).Replace("<Nullable>", $"<PublishTrimmed>true</PublishTrimmed>{more}<Nullable>", StringComparison.Ordinal), ("Program.cs", program));
        string output = feed.Run(
            folder, "publish", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "-o", "out",
            "-p:TrimmerSingleWarn=false", "-p:UseSharedCompilation=false", $"-p:RestoreConfigFile={feed.Sources}");

        Assert.DoesNotContain(
            output.Split('\n'), static line => (line.Contains("warning IL", StringComparison.Ordinal) || line.Contains("error IL", StringComparison.Ordinal)) && line.Contains("Workspaces", StringComparison.Ordinal));
        (int code, string said) = DotNet.Try(Path.Combine(folder, "out", OperatingSystem.IsWindows() ? $"{name}.exe" : name), folder, null, []);
        Assert.True(code == 0, said);
        return said;
    }

    [Fact]
    public void The_tool_is_installed_and_trains()
    {
        string folder = feed.Project("tool", "<Project />", ("run.json", """
            { "Model": { "Layers": [ { "Type": "Linear", "InFeatures": 2, "OutFeatures": 1 } ] }, "Loss": { "Type": "MSE" }, "Optimizer": { "Type": "Adam" },
              "Data": { "Type": "Csv", "File": "houses.csv", "Task": "Regression", "Targets": [ "price" ], "BatchSize": 8 }, "Training": { "Epochs": 3, "Threads": 1 } }
            """), ("houses.csv", "size,rooms,price\n" + string.Concat(Enumerable.Range(0, 64).Select(static i => $"{i % 7},{i % 3},{i % 7 + i % 3}\n"))));

        feed.Run(folder, "tool", "install", "Workspaces.Cli", "--tool-path", "bin", "--version", PackageFeed.Version, "--configfile", feed.Sources);
        (int code, string said) = DotNet.Try(Path.Combine(folder, "bin", "workspaces"), folder, null, ["train", "run.json", "--json"]);

        Assert.True(code == 0, said);
        Assert.Contains("\"steps\":24", said.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"kernel\"", DotNet.Try(Path.Combine(folder, "bin", "workspaces"), folder, null, ["doctor", "--json"]).Output, StringComparison.Ordinal);
    }

    private static string Console(params ReadOnlySpan<string> packages)
    {
        var references = new List<string>();
        foreach (string package in packages) references.Add($"<PackageReference Include=\"{package}\" Version=\"{PackageFeed.Version}\" />");
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable>
                <TieredCompilationQuickJitForLoops>false</TieredCompilationQuickJitForLoops>
              </PropertyGroup>
              <ItemGroup>{string.Concat(references)}</ItemGroup>
            </Project>
            """;
    }

    private string Build(string folder, string name) => feed.Run(
        folder, "build", $"{name}.csproj", "-c", "Release", "-o", "out", "-m:1", "-p:UseSharedCompilation=false", $"-p:RestoreConfigFile={feed.Sources}");
}
