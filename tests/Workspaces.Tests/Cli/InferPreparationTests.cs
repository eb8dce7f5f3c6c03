using System.Globalization;
using System.Text;
using System.Text.Json;
using Workspaces.Data;
using Workspaces.Data.Transforms;
using Workspaces.Hosting.Composition;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tests.IO;
using Workspaces.Train;

namespace Workspaces.Tests.Cli;

/// <summary>infer does with samples what the training did with its own: bit for bit, also where the training data is gone.</summary>
[Collection(nameof(AloneCollection))]
public sealed class InferPreparationTests
{
    private const string Regression = """
        {
          "Model": { "Layers": [
            { "Type": "Linear", "InFeatures": 5, "OutFeatures": 16 }, { "Type": "Tanh" }, { "Type": "Linear", "InFeatures": 16, "OutFeatures": 1 } ] },
          "Loss": { "Type": "MSE" },
          "Optimizer": { "Type": "Adam", "LearningRate": 0.01 },
          "Data": { "Type": "Csv", "File": "table.csv", "Task": "Regression", "Targets": [ "y" ], "BatchSize": 16, "Missing": "Fill", "Fill": 7, "Delimiter": ";",
            "Transforms": [ { "Type": "OneHot", "Column": 2, "Values": 3 }, { "Type": "Standardize" } ] },
          "Training": { "Epochs": 2, "Seed": 1, "Threads": 1, "CheckpointFolder": "kept" }
        }
        """;

    private const string Table = "a;b;kind;y\n1.5;200;0;1\n0.1;100;1;2\n3;;2;3\n4;0;1;0.5\n";

    [Theory]
    [InlineData("1.5;200;0\n0.1;100;1\n3;;2\n4;0;1\n")]
    [InlineData("a;b;kind\n1.5;200;0\n0.1;100;1\n3;NA;2\n4;0;1\n")]
    [InlineData("y;kind;more words;b;a\n;0;x;200;1.5\nwhat;1;y y;\"100\";0.1\n5;2;\"a;\"\"b\"\"\";;3\n6;1;;0;4\n")]
    [InlineData(Table)]
    public void Rows_are_filled_spread_and_standardized_as_in_the_training(string rows)
    {
        using var folder = new TemporaryFolder();
        string run = Train(folder), kept = Path.Combine(folder.Path, "kept"), weights = Path.Combine(folder.Path, "w.safetensors");
        float[] expected = Expected(folder, kept, weights);
        string file = folder.Write("rows.csv", Encoding.UTF8.GetBytes(rows));
        Assert.Equal(expected, Predictions("infer", run, "--weights", weights, "--input", file, "--batch-size", "3"));
        File.Delete(Path.Combine(folder.Path, "table.csv"));
        Assert.Equal(expected, Predictions("infer", kept, "--input", file));
        using MemoryStream input = new(Encoding.UTF8.GetBytes(rows));
        Assert.Equal(expected, Numbers(InProcess.Run(input, "infer", kept)));

        (int code, _, string errors) = InProcess.Run("infer", run, "--weights", weights, "--input", file);
        Assert.Equal(2, code);
        Assert.Contains("--prepared", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a;kind\n1;0\n", "lacks the columns b")]
    [InlineData("1;2;5\n", "Sample 0: ")]
    [InlineData("1;2;0;4\n", "it has 4 numbers")]
    [InlineData("1;\"2;0\n", "a quote")]
    [InlineData("a;b;kind\n1;2\n", "it has 2 fields")]
    public void Rows_that_the_training_cannot_have_had_are_refused(string rows, string said)
    {
        using var folder = new TemporaryFolder();
        Train(folder);
        (int code, string output, string errors) = InProcess.Run("infer", Path.Combine(folder.Path, "kept"), "--input", folder.Write("rows.csv", Encoding.UTF8.GetBytes(rows)));
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(said, errors, StringComparison.Ordinal);
        Assert.Contains("Remedy:", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepared_samples_are_taken_as_they_are()
    {
        using var folder = new TemporaryFolder();
        Train(folder);
        string kept = Path.Combine(folder.Path, "kept"), rows = folder.Write("rows.csv", "0.5,1,0,0,-2\n"u8);
        float expected;
        using (TrainedModel model = TrainedModel.Load(kept))
        {
            using Workspace workspace = model.Manager.Lease(new() { Name = "reference" });
            using Pass pass = workspace.Enter();
            expected = model.Model.Forward(Tensor.From<float>([0.5f, 1, 0, 0, -2], new Shape(1, 5))).Item<float>();
        }

        Assert.Equal([expected], Predictions("infer", kept, "--input", rows, "--prepared"));
    }

    [Fact]
    public void Images_of_bytes_are_scaled_and_arrays_come_from_files_archives_and_pipes()
    {
        using var folder = new TemporaryFolder();
        string kept = Path.Combine(folder.Path, "kept"), digits = Path.Combine(TestFolders.Root, "examples", "data", "mnist");
        string[] settings = ["Data:PixelMean=0.1307", "Data:PixelDeviation=0.3081", $"Training:CheckpointFolder={kept}", "Training:MaxSteps=20"];
        Assert.Equal(0, InProcess.Run(
            ["train", Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json"), "--json", .. settings.SelectMany(static setting => new[] { "--set", setting })]).Code);
        byte[] raw = new byte[50 * 784];
        var expected = new double[50];
        using (TrainedModel model = TrainedModel.Load(kept))
        {
            LabeledImages plain = MnistDataSet.Load(digits, DataSplit.Test), scaled = MnistDataSet.Load(digits, DataSplit.Test, PixelScaling.Mnist);
            var pixels = new float[784];
            using Workspace workspace = model.Manager.Lease(new() { Name = "reference" });
            for (int i = 0; i < expected.Length; i++)
            {
                plain.CopySample(i, pixels, out _);
                for (int k = 0; k < pixels.Length; k++) raw[(i * 784) + k] = (byte)MathF.Round(pixels[k] * 255);
                scaled.CopySample(i, pixels, out _);
                using Pass pass = workspace.Enter();
                float[] logits = model.Model.Forward(Tensor.From<float>(pixels, new Shape(1, 28, 28))).ToArray<float>();
                double sum = logits.Sum(logit => Math.Exp(logit - (double)logits.Max()));
                expected[i] = 1 / sum;
            }
        }

        string npy = Path.Combine(folder.Path, "digits.npy"), npz = Path.Combine(folder.Path, "digits.npz"), many = Path.Combine(folder.Path, "many.npz");
        using (Tensor x = Tensor.From<byte>(raw, new Shape(50, 28, 28)))
        {
            Npy.Save(npy, x);
            Npz.Save(npz, [("images", x)], compress: true);
            Npz.Save(many, [("a", x), ("x", x)]);
        }

        using (Stream pipe = File.OpenRead(npy)) AssertSure(InProcess.Run(pipe, "infer", kept, "--batch-size", "1"));
        using (Stream pipe = File.OpenRead(npz)) AssertSure(InProcess.Run(pipe, "infer", kept, "--batch-size", "1"));
        AssertSure(InProcess.Run("infer", kept, "--input", npy, "--batch-size", "1"));
        AssertSure(InProcess.Run("infer", kept, "--input", many, "--batch-size", "1"));
        Assert.DoesNotContain(Directory.GetDirectories(Path.GetTempPath(), "workspaces-*"), static path => File.Exists(Path.Combine(path, "standard-input.npy")));

        void AssertSure((int Code, string Output, string Errors) ran)
        {
            Assert.Equal((0, ""), (ran.Code, ran.Errors));
            Assert.Equal(expected, [.. ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("probability").GetDouble())], Near);
        }

        static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12;
    }

    [Fact]
    public void Arrays_that_are_no_samples_of_the_training_are_refused()
    {
        using var folder = new TemporaryFolder();
        Train(folder);
        string kept = Path.Combine(folder.Path, "kept"), wide = Path.Combine(folder.Path, "wide.npy"), two = Path.Combine(folder.Path, "two.npz");
        using (Tensor x = Tensor.Zeros(new Shape(2, 4)))
        {
            Npy.Save(wide, x);
            Npz.Save(two, [("a", x), ("b", x)]);
        }

        byte[] cut = File.ReadAllBytes(wide)[..^3];
        AssertRefused("those of the training [3]", InProcess.Run("infer", kept, "--input", wide));
        AssertRefused("none is called x", InProcess.Run("infer", kept, "--input", two));
        AssertRefused("bytes", InProcess.Run(new MemoryStream(cut), "infer", kept));
        AssertRefused("standard input", InProcess.Run(new MemoryStream("PK\u0003\u0004 and no archive"u8.ToArray()), "infer", kept));
        AssertRefused("not trained on a text", InProcess.Run(new MemoryStream("a"u8.ToArray()), "infer", kept, "--format", "Text"));

        static void AssertRefused(string said, (int Code, string Output, string Errors) ran)
        {
            Assert.Equal((2, ""), (ran.Code, ran.Output));
            Assert.Contains("Remedy:", ran.Errors, StringComparison.Ordinal);
            Assert.Contains(said, ran.Errors.Replace("standard-input", "standard input", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Classes_that_are_words_are_said_as_words()
    {
        using var folder = new TemporaryFolder();
        folder.Write("table.csv", Encoding.UTF8.GetBytes("a,b,kind\n" + string.Concat(Enumerable.Repeat("1,0,plum\n0,1,apple\n", 30))));
        string run = folder.Write("run.json", """
            { "Model": { "Layers": [ { "Type": "Linear", "InFeatures": 2, "OutFeatures": 2 } ] }, "Loss": { "Type": "CrossEntropy" },
              "Optimizer": { "Type": "Adam", "LearningRate": 0.1 }, "Data": { "Type": "Csv", "File": "table.csv", "BatchSize": 10 },
              "Training": { "Epochs": 10, "Threads": 1, "CheckpointFolder": "kept" } }
            """u8);
        Assert.Equal(0, InProcess.Run("train", run, "--json").Code);
        (_, string output, _) = InProcess.Run(new MemoryStream("1,0\n0,1\n"u8.ToArray()), "infer", Path.Combine(folder.Path, "kept"));
        Assert.Equal(["plum", "apple"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("class").GetString()));
    }

    [Fact]
    public void A_transform_of_the_programs_own_is_made_again_by_its_factory_or_refused_when_it_wants_the_data()
    {
        using var folder = new TemporaryFolder();
        string run = Write(folder, Regression.Replace("\"Standardize\"", "\"Twice\"", StringComparison.Ordinal)), kept = Path.Combine(folder.Path, "kept");
        Components own = With("Twice", static _ => new Twice()), looking = With("Twice", static data => new Twice(data));
        using (TrainingRun training = TrainingRun.Create(Workspaces.Hosting.Configuration.RunConfiguration.Load(run, []), components: own)) training.Train();
        float[] prepared = new float[5];
        using (TrainedModel model = TrainedModel.Load(kept, components: own)) model.Prepare()!.Apply([2, 3, 1], prepared);
        Assert.Equal([4, 6, 0, 2, 0], prepared);
        using (TrainedModel model = TrainedModel.Load(kept, components: looking))
            Assert.Contains("is not here", Assert.Throws<InvalidDataException>(() => model.Prepare()).Message, StringComparison.Ordinal);

        static Components With(string name, Func<IDataSet, IDataTransform> make)
        {
            var components = new Components();
            components.Transforms.Register<NoOptions>(name, (_, _) => make);
            return components;
        }
    }

    private sealed class Twice : IDataTransform
    {
        internal Twice(IDataSet? seen = null) => seen?.CopySample(0, new float[seen.FeatureCount], out _);

        public bool IsRandom => false;

        public long[] ShapeOf(ReadOnlySpan<long> shape) => shape.ToArray();

        public void Apply(ReadOnlySpan<long> shape, ReadOnlySpan<float> source, Span<float> destination, ulong draw)
        {
            for (int i = 0; i < source.Length; i++) destination[i] = 2 * source[i];
        }
    }

    private static string Write(TemporaryFolder folder, string json)
    {
        var text = new StringBuilder("a;b;kind;y\n");
        for (int i = 0; i < 210; i++) text.Append(CultureInfo.InvariantCulture, $"{0.1 * (i % 17)};{(i % 5 == 0 ? "" : i % 5 * 100)};{i % 3};{(0.1 * (i % 17)) - (i % 3)}\n");
        return folder.WriteRun(json, text.ToString());
    }

    private static string Train(TemporaryFolder folder)
    {
        string run = Write(folder, Regression);
        (int code, _, string errors) = InProcess.Run("train", run, "--json");
        Assert.Equal((0, ""), (code, errors));
        return run;
    }

    /// <summary>What the model says of the four rows, prepared by the transforms themselves with statistics of the training data.</summary>
    private static float[] Expected(TemporaryFolder folder, string kept, string weights)
    {
        var how = new CsvOptions { Task = CsvTask.Regression, Targets = ["y"], Missing = MissingValues.Fill, Fill = 7, Delimiter = ';' };
        IDataSet spread = DataSets.Split(DataSets.OpenCsv(Path.Combine(folder.Path, "table.csv"), how), 0.1, seed: 1).First.Transform(new OneHot(2, 3));
        IDataSet rows = DataSets.OpenCsv(folder.Write("four.csv", Encoding.UTF8.GetBytes(Table)), how).Transform(new OneHot(2, 3)).Transform(Normalize.StandardizeBy(spread));
        using TrainedModel model = TrainedModel.Load(kept);
        model.Model.SaveState(weights);
        using Workspace workspace = model.Manager.Lease(new() { Name = "reference" });
        var said = new float[rows.Count];
        var features = new float[5];
        for (int i = 0; i < said.Length; i++)
        {
            rows.CopySample(i, features, out _);
            using Pass pass = workspace.Enter();
            said[i] = model.Model.Forward(Tensor.From<float>(features, new Shape(1, 5))).Item<float>();
        }

        return said;
    }

    private static float[] Predictions(params string[] arguments) => Numbers(InProcess.Run(arguments));

    private static float[] Numbers((int Code, string Output, string Errors) ran)
    {
        Assert.Equal((0, ""), (ran.Code, ran.Errors));
        return [.. ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => (float)JsonDocument.Parse(line).RootElement.GetProperty("prediction").EnumerateArray().Single().GetDouble())];
    }
}
