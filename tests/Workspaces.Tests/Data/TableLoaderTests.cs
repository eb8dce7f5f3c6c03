using System.Globalization;
using System.Text;
using Workspaces.Data;
using Workspaces.Data.Transforms;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Data;

/// <summary>Arrays, tables and transforms through the loader: tails, workers, no garbage.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TableLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WorkspaceManager _manager = new();

    public void Dispose()
    {
        _manager.Dispose();
        _folder.Dispose();
    }

    private static List<float> Walk(DataLoader loader, int epoch)
    {
        var values = new List<float>();
        foreach ((Tensor x, Tensor y) in loader.Epoch(epoch))
        {
            values.AddRange(x.ToArray<float>());
            values.AddRange(y.DType == DType.F32 ? y.ToArray<float>() : Array.ConvertAll(y.ToArray<long>(), static label => (float)label));
        }

        return values;
    }

    /// <summary>The least of some windows: a thread that waits for another one allocates its event when that happens for the first time.</summary>
    private static long LeastGarbage(int rounds, Action round)
    {
        long least = long.MaxValue;
        for (int window = 0; window < 8 && least > 0; window++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < rounds; i++) round();
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (24 * rounds));
        }

        return least;
    }

    private string Csv(int rows)
    {
        var text = new StringBuilder("a,b,c,kind\n");
        for (int i = 0; i < rows; i++) text.Append(CultureInfo.InvariantCulture, $"{i * 0.25},\"{-i}\",{i % 7},{(i % 3 == 0 ? "cat" : i % 3 == 1 ? "dog" : "elk")}\n");
        return _folder.Write("table.csv", Encoding.UTF8.GetBytes(text.ToString()));
    }

    private string Npy(string name, Tensor tensor)
    {
        string path = Path.Combine(_folder.Path, name);
        Workspaces.IO.Npy.Save(path, tensor);
        return path;
    }

    private IDataSet Open(string kind)
    {
        switch (kind)
        {
            case "csv": return DataSets.OpenCsv(Csv(103), new CsvOptions { Streaming = true });
            case "csv memory": return DataSets.OpenCsv(Csv(103));
            case "csv targets": return DataSets.OpenCsv(Csv(103), new CsvOptions { Streaming = true, Task = CsvTask.Regression, Features = ["a", "c"], Targets = ["b"] });
            case "npy" or "npy targets" or "npz":
                using (Tensor x = Tensor.Arange(0, 103 * 12, dtype: DType.F64), y = Tensor.Arange(0, 103, dtype: kind == "npy" ? DType.I64 : DType.F32))
                {
                    Tensor images = Workspaces.Ops.ViewOps.Reshape(x, 103, 1, 3, 4);
                    if (kind != "npz") return DataSets.OpenNpy(Npy("x.npy", images), Npy("y.npy", y));
                    Npz.Save(Path.Combine(_folder.Path, "all.npz"), [("x", images), ("y", y)], compress: true);
                    return DataSets.OpenNpy(Path.Combine(_folder.Path, "all.npz"));
                }

            default:
                float[] pixels = [.. Enumerable.Range(0, 103 * 48).Select(static i => (float)i)];
                return DataSets.OfArrays("arrays", pixels, [3, 4, 4], [.. Enumerable.Range(0, 103).Select(static i => (long)(i % 10))])
                    .Transform(5, new RandomCrop(4, 4, 2), new RandomFlip(), new Normalize([1, 2, 3], [1, 2, 4]), new Flatten());
        }
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("csv memory")]
    [InlineData("csv targets")]
    [InlineData("npy")]
    [InlineData("npy targets")]
    [InlineData("npz")]
    [InlineData("transforms")]
    public void Batches_are_the_same_with_workers_have_their_tail_and_make_no_garbage(string kind)
    {
        IDataSet data = Open(kind);
        using (var plain = new DataLoader(data, 10, shuffle: true, seed: 3, manager: _manager))
        using (var ahead = new DataLoader(data, 10, shuffle: true, seed: 3, manager: _manager, workers: 3))
        {
            Assert.Equal(11, plain.BatchCount);
            List<float> first = Walk(plain, 0);
            Assert.Equal(first, Walk(ahead, 0));
            Assert.NotEqual(first, Walk(ahead, 1));
            Assert.Equal(first, Walk(plain, 0));
            foreach (DataLoader loader in (DataLoader[])[plain, ahead])
            {
                void Epoch()
                {
                    foreach ((Tensor x, Tensor y) in loader.Epoch(1)) GC.KeepAlive(null);
                }

                for (int i = 0; i < 20; i++) Epoch();
                Assert.Equal(0, LeastGarbage(20, Epoch));
            }
        }

        (data as IDisposable)?.Dispose();
    }

    [Fact]
    public void Targets_come_as_floats_with_an_axis_of_their_own()
    {
        float[] features = [1, 2, 3, 4, 5, 6], targets = [10, 11, 20, 21, 30, 31];
        using var loader = new DataLoader(DataSets.OfArrays("pairs", features, [2], targets, 2), 2, manager: _manager);
        var shapes = new List<Shape>();
        foreach ((Tensor x, Tensor y) in loader.Epoch(0))
        {
            Assert.Equal(DType.F32, y.DType);
            shapes.Add(y.Shape);
        }

        Assert.Equal([new Shape(2, 2), new Shape(1, 2)], shapes);
        Assert.Throws<ArgumentException>(() => DataSets.OfArrays("odd", features, [2], new float[5], 2));
        Assert.Throws<ArgumentException>(() => DataSets.OfArrays("odd", features, [4], new long[2]));
        Assert.Throws<ArgumentException>(() => DataSets.OfArrays("odd", features, [2], [0, -1, 2]));
        Assert.Throws<ArgumentException>(() => DataSets.OfArrays("odd", features, [2], [0, 1, 2], classCount: 2));
        Assert.Throws<ArgumentException>(() => DataSets.OfArrays("odd", features, [0], [0, 1, 2]));
    }

    [Fact]
    public void Arrays_that_do_not_fit_are_refused()
    {
        using Tensor flat = Tensor.Zeros([4]), x = Tensor.Zeros([4, 2]), y3 = Tensor.Zeros([3], DType.I64), y4 = Tensor.Full([4], -1, DType.I64), none = Tensor.Zeros([0, 2]);
        string good = Npy("x.npy", x);
        Assert.Contains("[n, …]", Assert.Throws<InvalidDataException>(() => DataSets.OpenNpy(Npy("f.npy", flat), Npy("y.npy", y4))).Message, StringComparison.Ordinal);
        Assert.Contains("labels of 4 samples", Assert.Throws<InvalidDataException>(() => DataSets.OpenNpy(good, Npy("y.npy", y3))).Message, StringComparison.Ordinal);
        Assert.Contains("label 0 is -1", Assert.Throws<InvalidDataException>(() => DataSets.OpenNpy(good, Npy("y.npy", y4))).Message, StringComparison.Ordinal);
        Assert.Contains("0 samples", Assert.Throws<InvalidDataException>(() => DataSets.OpenNpy(Npy("n.npy", none), Npy("y.npy", y3))).Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => DataSets.OpenNpy(GoldenFiles.PathOf("plain.npz"), null, new NpyDataOptions { Features = "q" }));
        using var archive = (LabeledSamples)DataSets.OpenNpy(GoldenFiles.PathOf("plain.npz"));
        Assert.Equal((2, 12, 2), (archive.Count, archive.FeatureCount, archive.ClassCount));
    }

    [Fact]
    public void Parts_by_chance_do_not_overlap_and_are_the_same_for_a_seed()
    {
        IDataSet whole = DataSets.OfArrays("whole", [.. Enumerable.Range(0, 50).Select(static i => (float)i)], [1], new long[50], 1);
        static float[] All(IDataSet data) => [.. Enumerable.Range(0, data.Count).Select(i =>
        {
            var one = new float[1];
            data.CopySample(i, one, out _);
            return one[0];
        })];
        (IDataSet first, IDataSet second) = DataSets.Split(whole, 0.2, 7);
        Assert.Equal((40, 10), (first.Count, second.Count));
        Assert.Equal(Enumerable.Range(0, 50).Select(static i => (float)i), All(first).Concat(All(second)).Order());
        Assert.Equal(All(second), All(DataSets.Split(whole, 0.2, 7).Second));
        Assert.NotEqual(All(second), All(DataSets.Split(whole, 0.2, 8).Second));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataSets.Split(whole, 0.001));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataSets.Split(whole, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataSets.Subset(whole, [50]));
    }
}
