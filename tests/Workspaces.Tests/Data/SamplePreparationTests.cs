using Workspaces.Data;
using Workspaces.Data.Transforms;
using Workspaces.Tests.IO;
using Workspaces.Train;
using Linear = Workspaces.NN.Linear;

namespace Workspaces.Tests.Data;

/// <summary>What is done with the samples of a training, found from its data set, kept in a checkpoint and done again.</summary>
public sealed class SamplePreparationTests
{
    private static readonly float[] Features = [.. Enumerable.Range(0, 5 * 32).Select(static i => (i % 32 * 3) + MathF.Sin(i))];

    private static LabeledSamples Images() => DataSets.OfArrays("images", Features, [2, 4, 4], new long[5]);

    [Fact]
    public void It_gives_the_samples_that_validation_sees_also_after_a_checkpoint()
    {
        LabeledSamples raw = Images();
        Normalize standard = Normalize.StandardizeBy(raw.Transform(new RandomCrop(3, 3, 1)));
        IDataSet training = DataSets.Subset(raw, [4, 3, 2, 1, 0]).Transform(11, new RandomCrop(3, 3, 1)).Transform(5, new RandomFlip()).Transform(standard, new Flatten());
        IDataSet validation = raw.Transform(11, new RandomCrop(3, 3, 1)).Transform(standard, new Flatten());
        SamplePreparation preparation = SamplePreparation.Of(training), again = Again(training);
        Assert.Equal([2L, 4, 4], again.RawShape);
        Assert.Equal([18L], again.Shape);
        float[] expected = new float[18], found = new float[18], loaded = new float[18];
        for (int i = 0; i < raw.Count; i++)
        {
            validation.CopySample(i, expected, out _);
            preparation.Apply(Features.AsSpan(i * 32, 32), found, i);
            again.Apply(Features.AsSpan(i * 32, 32), loaded, i);
            Assert.Equal(expected, found);
            Assert.Equal(expected, loaded);
        }
    }

    [Fact]
    public void Texts_keep_their_vocabulary_and_images_their_scaling()
    {
        SamplePreparation text = Again(TextDataSet.Of("text", "to be, or not", 4).Train);
        Assert.Equal((" ,benort", true), (text.Vocabulary, text.HasTokens));
        LabeledImages digits = MnistDataSet.Load(Path.Combine(TestFolders.Root, "examples", "data", "mnist"), DataSplit.Test, PixelScaling.Mnist);
        SamplePreparation images = Again(digits);
        Assert.Equal(PixelScaling.Mnist, images.Pixels);
        var one = new float[784];
        images.Apply([.. Enumerable.Repeat(255f, 784)], one);
        Assert.Equal(((255f / 255f) - 0.1307f) / 0.3081f, one[783]);
        foreach (float wrong in new[] { -1f, 256, 0.5f, float.NaN, float.PositiveInfinity })
            Assert.Contains("bytes, 0 to 255", Assert.Throws<InvalidDataException>(() => images.Apply([wrong, .. new float[783]], one)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => images.Apply(new float[3], one));
        Assert.Throws<ArgumentException>(() => images.Apply(new float[784], one.AsSpan(1)));
    }

    [Fact]
    public void A_transform_that_only_its_program_knows_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        CheckpointInfo info = Saved(folder, Images().Transform(new RandomFlip(), new Negated(), new Flatten()));
        Assert.Contains("Negated", Assert.Throws<InvalidDataException>(() => info.PreparationOf()).Message, StringComparison.Ordinal);
        var found = new float[32];
        info.PreparationOf((position, shape) =>
        {
            Assert.Equal((1, 3), (position, shape.Count)); // the second of all transforms, the random one before it included
            return new Negated();
        })!.Apply(Features.AsSpan(0, 32), found);
        Assert.Equal(Features[..32].Select(static value => -value), found);
    }

    [Fact]
    public void A_checkpoint_without_a_loader_has_none()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "c.safetensors");
        using var model = new Linear(2, 1);
        Checkpoint.Save(path, new TrainingParts { Model = model });
        Assert.Null(Checkpoint.Read(path).PreparationOf());
    }

    [Theory]
    [InlineData("[0]", "[]", "contradicts itself")]
    [InlineData("[2147483647,2]", "[]", "contradicts itself")]
    [InlineData("[4]", """[{"Kind":"OneHot","Position":0,"Seed":0,"Draw":0,"Whole":[4,2],"Mean":[],"Deviation":[]}]""", "contradicts itself")]
    [InlineData("[4]", """[{"Kind":"Normalize","Position":0,"Seed":0,"Draw":0,"Whole":[],"Mean":[1],"Deviation":[0]}]""", "contradicts itself")]
    [InlineData("[4]", """[{"Kind":"OneHot","Position":0,"Seed":0,"Draw":0,"Whole":[4],"Mean":[],"Deviation":[]}]""", "program's own")]
    [InlineData("[4]", "[null]", "has no place")]
    [InlineData("[4]", """[{"Kind":"Flatten","Position":0,"Seed":0,"Draw":2000000000,"Whole":[],"Mean":[],"Deviation":[]}]""", "has no place")]
    public void A_checkpoint_that_lies_about_it_is_refused(string shape, string transforms, string said)
    {
        string json = $$$"""{"Version":1,"Step":0,"Epoch":0,"Batch":0,"Random":[],"Epochs":[],"Preparation":{"RawShape":{{{shape}}},"Transforms":{{{transforms}}}}}""";
        var error = Assert.Throws<InvalidDataException>(() => Info(CheckpointState.Parse(json, "a file")).PreparationOf());
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy:", error.Message, StringComparison.Ordinal);
    }

    private static CheckpointInfo Info(CheckpointState state) => new()
    {
        Path = "a file",
        Position = new TrainingPosition(),
        Configuration = new Dictionary<string, string?>(),
        SampleShape = [],
        HasTokens = false,
        Preparation = state.Preparation,
    };

    private static SamplePreparation Again(IDataSet training)
    {
        using var folder = new TemporaryFolder();
        return Saved(folder, training).PreparationOf()!;
    }

    private static CheckpointInfo Saved(TemporaryFolder folder, IDataSet training)
    {
        string path = Path.Combine(folder.Path, "c.safetensors");
        using var loader = new DataLoader(training, 2);
        using var model = new Linear(2, 1);
        Checkpoint.Save(path, new TrainingParts { Model = model, Train = loader });
        return Checkpoint.Read(path);
    }

    private sealed class Negated : IDataTransform
    {
        public bool IsRandom => false;

        public long[] ShapeOf(ReadOnlySpan<long> shape) => shape.ToArray();

        public void Apply(ReadOnlySpan<long> shape, ReadOnlySpan<float> source, Span<float> destination, ulong draw)
        {
            for (int i = 0; i < source.Length; i++) destination[i] = -source[i];
        }
    }
}
