using System.Globalization;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.IO;
using Workspaces.Train;
using Xunit.Abstractions;

namespace Workspaces.Tests.Train;

/// <summary>Models to and from safetensors files, also those of PyTorch.</summary>
public sealed class ModuleFilesTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WorkspaceManager _manager = new();

    public void Dispose()
    {
        _manager.Dispose();
        _folder.Dispose();
    }

    private static Sequential Model() =>
        [new Conv2d(2, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(36, 8), new LayerNorm(8), new Linear(8, 3)];

    [Fact]
    public void A_model_of_pytorch_gives_the_same_output_here()
    {
        using Workspace workspace = _manager.Lease(new());
        using Sequential model = Model();
        Assert.True(model.LoadState(GoldenFiles.PathOf("torch_model.safetensors")).IsExact);
        using SafetensorsFile io = SafetensorsFile.Open(GoldenFiles.PathOf("torch_model_io.safetensors"));
        model.Eval();
        float[] found = model.Forward(io.Load("x")).ToArray<float>(), expected = io.Load("y").ToArray<float>();
        for (int i = 0; i < expected.Length; i++) Assert.InRange(found[i] - expected[i], -1e-5f, 1e-5f);
    }

    [Fact]
    public void A_model_of_ours_gives_the_same_output_in_pytorch()
    {
        using Workspace workspace = _manager.Lease(new());
        using Sequential model = Model();
        model.Initialize(3);
        Tensor x = Tensor.From<float>([.. Enumerable.Range(0, 216).Select(static i => MathF.Sin(i))], new Shape(3, 2, 6, 6));
        model.Forward(x); // running statistics of a training pass
        model.Eval();
        string path = Path.Combine(_folder.Path, "ours.safetensors");
        Safetensors.Save(path, [.. model.StateDict(), ("x", x), ("y", model.Forward(x))]);
        if (GoldenFiles.Check(output, "check", path) is not { } said) return;
        output.WriteLine(said);
        Assert.InRange(double.Parse(said.Split(' ')[1], CultureInfo.InvariantCulture), 0, 1e-5);
    }

    [Fact]
    public void A_part_of_a_model_is_saved_and_loaded_under_its_own_names()
    {
        using Workspace workspace = _manager.Lease(new());
        using Sequential body = Body(), head = new(new Linear(3, 2, seed: 4)), model = new(body, head);
        Assert.Equal(["0.0.weight", "0.0.bias", "0.1.weight", "0.1.bias"], model.StateDict().Take(4).Select(static item => item.Name));
        string[] own = ["0.weight", "0.bias", "1.weight", "1.bias", "2.0.weight", "2.0.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"];
        Assert.Equal(own, body.StateDict().Select(static item => item.Name));
        string part = Path.Combine(_folder.Path, "body.safetensors"), whole = Path.Combine(_folder.Path, "checkpoint.safetensors");
        body.SaveState(part);
        using (Sequential alone = Body())
        {
            Assert.Equal(own, alone.StateDict().Select(static item => item.Name));
            alone.Initialize(9);
            Assert.True(alone.LoadState(part).IsExact);
            Assert.Equal(alone.StateDict().Select(static item => item.Value.ToString()), body.StateDict().Select(static item => item.Value.ToString()));
        }

        using (Sequential alone = Body())
        {
            using var first = new Sgd(body.Parameters, 0.1, momentum: 0.9);
            using var second = new Sgd(alone.Parameters, 0.1, momentum: 0.9);
            Checkpoint.Save(whole, new TrainingParts { Model = body, Optimizer = first });
            alone.Initialize(9);
            Checkpoint.Load(whole, new TrainingParts { Model = alone, Optimizer = second });
            Assert.Equal(alone.StateDict().Select(static item => item.Value.ToString()), body.StateDict().Select(static item => item.Value.ToString()));
        }

        static Sequential Body() => new(new Linear(4, 3, seed: 1), new BatchNorm1d(3), new Sequential(new Linear(3, 3, seed: 2), new Dropout(0.5)));
    }

    [Fact]
    public void What_two_places_share_has_the_name_of_the_first_place_inside_the_part()
    {
        using Workspace workspace = _manager.Lease(new());
        var shared = new Linear(3, 3, seed: 1);
        using Sequential first = new(shared), second = new(new ReLU(), shared, shared), model = new(first, second);
        Assert.Equal(["0.0.weight", "0.0.bias"], model.StateDict().Select(static item => item.Name));
        Assert.Equal(["1.weight", "1.bias"], second.StateDict().Select(static item => item.Name));
    }

    [Fact]
    public void What_was_saved_is_there_again_bit_for_bit()
    {
        using Workspace workspace = _manager.Lease(new());
        using Sequential first = Model(), second = Model();
        first.Initialize(1);
        second.Initialize(2);
        string path = Path.Combine(_folder.Path, "model.safetensors");
        first.SaveState(path, new Dictionary<string, string> { ["epoch"] = "3" });
        Assert.True(second.LoadState(path).IsExact);
        foreach (((string name, Tensor a), (string other, Tensor b)) in first.StateDict().Zip(second.StateDict()))
        {
            Assert.Equal(name, other);
            Assert.Equal(a.ToString(), b.ToString());
        }

        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias"], first.StateDict().Take(4).Select(static item => item.Name));
        Assert.Contains("1.running_mean", first.StateDict().Select(static item => item.Name));
    }

    [Fact]
    public void Strict_loading_lists_what_differs_and_changes_nothing()
    {
        using Workspace workspace = _manager.Lease(new());
        using Sequential model = [new Linear(2, 2), new Linear(2, 3)], smaller = [new Linear(2, 2)], other = [new Linear(2, 2), new Linear(2, 4)];
        string path = Path.Combine(_folder.Path, "small.safetensors");
        smaller.SaveState(path);
        string before = model.Parameters[0].Value.ToString();
        string message = Assert.Throws<InvalidDataException>(() => model.LoadState(path)).Message;
        Assert.Contains("missing in the file: 1.weight, 1.bias", message, StringComparison.Ordinal);
        Assert.Equal(before, model.Parameters[0].Value.ToString());
        StateReport report = model.LoadState(path, strict: false);
        Assert.Equal(["1.weight", "1.bias"], report.Missing);
        Assert.Equal(smaller.Parameters[0].Value.ToString(), model.Parameters[0].Value.ToString());
        model.SaveState(path);
        Assert.Equal(["1.weight", "1.bias"], smaller.LoadState(path, strict: false).Unexpected.Order().Reverse());
        Assert.Contains("1.weight has the shape [3, 2] in the file and [4, 2]", Assert.Throws<InvalidDataException>(() => other.LoadState(path, false)).Message, StringComparison.Ordinal);
    }
}
