using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

public sealed class RunConfigurationTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Later_layers_win_key_by_key()
    {
        var settings = _folder.Write("appsettings.json", """
            { "Workspaces": { "Defaults": { "MaxPlans": 1 },
                              "step": { "InitialSize": 1, "MinSize": 1, "MaxSize": 11, "HelperMinSize": 1 } } }
            """);
        var file = _folder.Write("run.json", """{ "Workspaces": { "step": { "MinSize": 2, "MaxSize": 12, "HelperMinSize": 2 } } }""");
        var run = Load(file, settings, new() { ["Workspaces__step__MaxSize"] = "13", ["WORKSPACES__STEP__HELPERMINSIZE"] = "3" },
            "Workspaces:step:HelperMinSize=4");

        var step = run.Root.GetWorkspace("step");

        Assert.Equal((1L, 2L, 13L, 4L, 1), (step.InitialSize, step.MinSize, step.MaxSize, step.HelperMinSize, step.MaxPlans));
        Assert.Equal(
            ["appsettings.json", "run file", "environment", "--set", "appsettings.json", null],
            new[] { "InitialSize", "MinSize", "MaxSize", "helperMINsize", "Defaults", "MaxPlans" }
                .Select(key => run.OriginOf(key == "Defaults" ? "Workspaces:Defaults:MaxPlans" : $"Workspaces:step:{key}")));
    }

    [Fact]
    public void The_environment_of_the_process_changes_a_run()
    {
        const string Name = "Workspaces__envtest__MaxSize";
        Environment.SetEnvironmentVariable(Name, "5 MiB");
        try
        {
            Assert.Equal(5L << 20, RunConfiguration.Load(_folder.Write("run.json", "{}")).Root.GetWorkspace("envtest").MaxSize);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Name, null);
        }
    }

    [Theory]
    [InlineData("Idx", "Data:Length=5", "Data:Length", "Type = Text")]
    [InlineData("idx ", "data:file=x.csv", "Data:file", "Type = Text or Npy or Csv")]
    [InlineData("Csv", "Data:TestLabels=y", "Data:TestLabels", "Type = Npy")]
    [InlineData("Npy", "Data:Targets:0=price", "Data:Targets", "Type = Csv")]
    [InlineData("Text", "Data:PixelMean=0.5", "Data:PixelMean", "Type = Idx")]
    [InlineData("Idx", "Data:Folder=x", null, "")]
    [InlineData("Csv", "Data:Targets:0=price", null, "")]
    [InlineData("Text", "Data:Labels=", null, "")] // written as nothing
    [InlineData("Mine", "Data:Length=5", null, "")] // a type of a program's own
    public void Keys_of_data_that_only_another_type_reads_are_refused(string type, string setting, string? key, string types)
    {
        RunConfiguration run = Load(_folder.Write("run.json", $$"""{ "Data": { "Type": "{{type}}", "BatchSize": 8 } }"""), null, [], setting);
        if (key is null)
        {
            RunChecks.CheckData(run);
            return;
        }

        ConfigurationProblem problem = Assert.Single(Assert.Throws<ConfigurationException>(() => RunChecks.CheckData(run)).Problems);
        Assert.Equal((key, $"Leave it out, or choose {types}"), (problem.Path, problem.Remedy));
    }

    [Fact]
    public void Who_chooses_another_type_of_data_for_a_run_file_need_not_take_its_keys_away()
    {
        string file = _folder.Write("run.json", """{ "Data": { "Type": "Idx", "Folder": "mnist", "PixelMean": 0.5 } }""");
        RunChecks.CheckData(Load(file, null, [], "Data:Type=Text", "Data:File=book.txt"));
        Assert.Throws<ConfigurationException>(() => RunChecks.CheckData(Load(file, null, [], "Data:Type=Text", "Data:PixelMean=0.1")));

        RunConfiguration text = Load(file, null, [], "Data:Type=Text", "Data:File=book.txt");
        RunChecks.CheckData(RunConfiguration.Load(new RunSources { Values = text.Export(), Environment = new Dictionary<string, string>() }));
        Assert.Throws<ConfigurationException>(() => RunChecks.CheckData(
            RunConfiguration.Load(new RunSources { Values = text.Export(), Environment = new Dictionary<string, string>(), Settings = ["Data:PixelMean=0.1"] })));
    }

    [Fact]
    public void Variables_of_others_are_left_alone()
    {
        var run = Load(_folder.Write("run.json", """{ "Data": { "Type": "Idx" } }"""), null,
            new() { ["DATA"] = "/srv", ["Model"] = "x", ["FOO__BAR"] = "1", ["__x"] = "2", ["Training__Epochs"] = "7" });

        Assert.Null(run.Root["Data"]);
        Assert.Null(run.Root["FOO:BAR"]);
        Assert.Equal("Idx", run.GetOptions<DataOptions>("Data").Type);
        Assert.Equal(7, run.GetOptions<TrainingOptions>("Training").Epochs);
    }

    [Fact]
    public void The_last_setting_of_a_key_wins_and_values_may_hold_equals_signs()
    {
        var run = RunConfiguration.Load(
            null, "Workspaces:step:MaxSize=1", "workspaces:STEP:maxsize = 64MiB", "Data:Type=a=b", "Data:Folder=");

        Assert.Equal(64L << 20, run.Root.GetWorkspace("step").MaxSize);
        Assert.Equal("a=b", run.Root["Data:Type"]);
        Assert.Equal("", run.Root["Data:Folder"]);
    }

    [Fact]
    public void Malformed_settings_are_refused_all_at_once()
    {
        string[] wrong = ["Workspaces:step:MaxSize", "=5", "", "Training=5", "Workspaces::MaxSize=5", ":a=1", "Trainig:Epochs=5"];

        var error = Assert.Throws<ConfigurationException>(() => RunConfiguration.Load(null, wrong));

        Assert.Equal(wrong.Length, error.Problems.Count);
        Assert.Contains("no '='", error.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean Training?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_section_is_refused_in_the_run_but_not_in_the_shared_file()
    {
        var settings = _folder.Write("appsettings.json", """{ "ConnectionStrings": { "Db": "x" } }""");
        var file = _folder.Write("run.json", """{ "Modell": {}, "Training": {} }""");

        var error = Assert.Throws<ConfigurationException>(() => Load(file, settings, []));

        Assert.Equal("Modell", Assert.Single(error.Problems).Path);
        Assert.Contains("Did you mean Model?", error.Message, StringComparison.Ordinal);
        var sources = new RunSources { RunFile = file, AppSettings = settings, MoreSections = ["Modell"] };
        Assert.Contains("Modell", RunConfiguration.Load(sources).Sections);
    }

    [Fact]
    public void Comments_and_trailing_commas_are_allowed()
    {
        var file = _folder.Write("run.json", """
            {
              // how long
              "Training": { "Epochs": 4, /* and from where */ "Seed": 2, },
            }
            """);

        Assert.Equal(4, RunConfiguration.Load(file).GetOptions<TrainingOptions>("Training").Epochs);
    }

    [Theory]
    [InlineData("{\n  \"Training\": {\n    \"Epochs\": ,\n  }\n}", "line 3")]
    [InlineData("{\n  \"Training\": {", "line 2")]
    [InlineData("", "line 1")]
    [InlineData("[1]", "object")]
    [InlineData("5", "object")]
    [InlineData("{ \"Training\": { \"Epochs\": 1, \"epochs\": 2 } }", "Training:epochs")]
    [InlineData("\0\0\0\0", "line 1")]
    public void A_malformed_file_is_refused_with_its_line(string text, string expected)
    {
        var file = _folder.Write("run.json", text);

        var error = Assert.Throws<ConfigurationException>(() => RunConfiguration.Load(file));

        var problem = Assert.Single(error.Problems);
        Assert.Equal(file, problem.Path);
        Assert.Contains(expected, problem.Numbers, StringComparison.OrdinalIgnoreCase);
        Assert.NotNull(error.InnerException);
    }

    [Fact]
    public void A_missing_file_is_refused_with_its_full_path()
    {
        var file = Path.Combine(_folder.Root, "nowhere", "run.json");

        Assert.Equal(file, Assert.Single(Assert.Throws<ConfigurationException>(() => RunConfiguration.Load(file)).Problems).Path);
        Assert.Throws<ConfigurationException>(() => RunConfiguration.Load(_folder.Root));
    }

    [Fact]
    public void A_file_in_a_hidden_folder_is_read() =>
        Assert.Equal(3, RunConfiguration.Load(_folder.Write(".hidden/.run.json", """{ "Training": { "Epochs": 3 } }"""))
            .GetOptions<TrainingOptions>("Training").Epochs);

    [Fact]
    public void Relative_paths_start_from_who_says_them()
    {
        var settings = _folder.Write("shared/appsettings.json", """{ "Data": { "Folder": "s" } }""");
        var plain = _folder.Write("configs/plain.json", "{}");
        var file = _folder.Write("configs/run.json", """{ "Data": { "Folder": "../data/mnist" } }""");

        Assert.Equal(Path.Combine(_folder.Root, "data", "mnist"), Load(file, settings, []).GetPath("data:folder"));
        Assert.Equal(Path.Combine(_folder.Root, "shared", "s"), Load(plain, settings, []).GetPath("Data:Folder"));
        Assert.Equal(Path.GetFullPath("d"), Load(file, settings, [], "Data:Folder=d").GetPath("Data:Folder"));
        Assert.Equal(Path.GetFullPath("e"), Load(file, settings, new() { ["Data__Folder"] = "e" }).GetPath("Data:Folder"));
        Assert.Equal("/abs", Load(file, settings, [], "Data:Folder=/abs").GetPath("Data:Folder"));
        Assert.Null(Load(plain, null, []).GetPath("Data:Other"));
        Assert.Equal(Path.Combine(_folder.Root, "configs", "x"), Load(file, settings, []).ResolvePath("x"));
        Assert.Equal(Path.GetFullPath("x"), RunConfiguration.Load((string?)null).ResolvePath("x"));
    }

    [Fact]
    public void Lists_merge_by_index()
    {
        var settings = _folder.Write("appsettings.json", """{ "Model": { "Shape": [1, 2, 3] } }""");
        var file = _folder.Write("run.json", """{ "Model": { "Shape": [9] } }""");

        var shape = Load(file, settings, [], "Model:Shape:2=7").Root.GetSection("Model:Shape");

        Assert.Equal(["9", "2", "7"], shape.GetChildren().Select(item => item.Value));
    }

    [Fact]
    public void The_settings_beside_the_program_are_found_and_valid()
    {
        var run = RunConfiguration.Load(new RunSources { Environment = new Dictionary<string, string>() });

        Assert.Equal("appsettings.json", run.Layers[0].Name);
        Assert.Equal(["data", "scratch", "step"], run.Root.GetWorkspaces().Select(workspace => workspace.Name));
        Assert.NotEmpty(EffectiveConfiguration.Describe(run));
    }

    [Fact]
    public void A_whole_run_file_is_read()
    {
        var run = RunConfiguration.Load(_folder.Write("run.json", """
            { "Model": { "Layers": [ { "Type": "Linear", "InFeatures": 784, "OutFeatures": 512 }, { "Type": "ReLU" } ] },
              "Loss": { "Type": "CrossEntropy" }, "Optimizer": { "Type": "Adam", "LearningRate": 0.001 },
              "Data": { "Type": "Idx", "Folder": "../data", "BatchSize": 128, "Shuffle": true, "DropLast": false },
              "Training": { "Epochs": 10, "Seed": 1, "Threads": 2 }, "Workspaces": { "step": { "PolicyLearning": "Optimized" } } }
            """));

        Assert.Equal(new TrainingOptions { Epochs = 10, Seed = 1, Threads = 2 }, run.GetOptions<TrainingOptions>("Training"));
        Assert.Equal(new DataOptions { Type = "Idx", Folder = "../data", BatchSize = 128 }, run.GetOptions<DataOptions>("Data"));
        Assert.True(run.Root.GetWorkspace("step").IsWritten("PolicyLearning"));
        Assert.Equal("512", run.Root["Model:Layers:0:OutFeatures"]);
    }

    [Theory]
    [InlineData("""{ "Epochs": 0 }""", "Training:Epochs")]
    [InlineData("""{ "MaxSteps": -1 }""", "Training:MaxSteps")]
    [InlineData("""{ "Seed": -1 }""", "Training:Seed")]
    [InlineData("""{ "Threads": 5000 }""", "Training:Threads")]
    [InlineData("""{ "Epoch": 5 }""", "Training:Epoch")]
    public void Wrong_training_options_are_refused(string json, string path)
    {
        var run = RunConfiguration.Load(_folder.Write("run.json", $$"""{ "Training": {{json}} }"""));

        var error = Assert.Throws<ConfigurationException>(() => run.GetOptions<TrainingOptions>(TrainingOptions.Section));
        Assert.Equal(path, Assert.Single(error.Problems).Path);
    }

    [Fact]
    public void Data_needs_its_type_and_a_batch_of_at_least_one()
    {
        var run = RunConfiguration.Load(_folder.Write("run.json", """{ "Data": { "BatchSize": 0 } }"""));

        var error = Assert.Throws<ConfigurationException>(() => run.GetOptions<DataOptions>(DataOptions.Section));
        Assert.Equal(["Data:Type", "Data:BatchSize"], error.Problems.Select(problem => problem.Path));
    }

    private static RunConfiguration Load(string file, string? settings, Dictionary<string, string> environment, params string[] set) =>
        RunConfiguration.Load(new RunSources { RunFile = file, AppSettings = settings, Environment = environment, Settings = set });
}
