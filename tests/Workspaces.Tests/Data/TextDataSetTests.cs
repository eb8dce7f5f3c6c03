using Workspaces.Data;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Data;

public sealed class TextDataSetTests
{
    [Fact]
    public void Windows_follow_each_other_and_labels_are_the_next_characters()
    {
        (TextDataSet train, TextDataSet? validation) = TextDataSet.Of("text", "abcabcabca" + "cba", 4, 0.0);
        Assert.Null(validation);
        Assert.Equal("abc", train.Vocabulary);
        Assert.Equal((3, 4, 3), (train.Count, train.FeatureCount, train.ClassCount));
        long[] tokens = new long[4], labels = new long[4];
        train.CopyTokens(2, tokens, labels);
        Assert.Equal("cacb"[..2], train.Decode(tokens)[..2]);
        Assert.Equal(train.Decode(tokens)[1..], train.Decode(labels)[..3]);
        Assert.Equal(train.Encode("cacb"), tokens);
        var features = new float[4];
        train.CopySample(2, features, out long label);
        Assert.Equal(tokens, features.Select(static value => (long)value));
        Assert.Equal(labels[3], label);
    }

    [Fact]
    public void The_end_of_the_text_is_kept_aside_with_the_same_vocabulary()
    {
        (TextDataSet train, TextDataSet? validation) = TextDataSet.Of("text", new string('a', 80) + new string('b', 20), 4, 0.2);
        Assert.Equal((19, 4), (train.Count, validation!.Count));
        Assert.Equal(train.Vocabulary, validation!.Vocabulary);
    }

    [Fact]
    public void A_loader_gives_tokens_and_labels_of_every_position()
    {
        using var manager = new WorkspaceManager();
        (TextDataSet train, _) = TextDataSet.Of("text", "abcdefghijklmnopqrstuvwxyz", 3);
        using var loader = new DataLoader(train, 5, manager: manager);
        int batches = 0;
        foreach ((Tensor x, Tensor y) in loader.Epoch(0))
        {
            Assert.Equal((DType.I64, DType.I64), (x.DType, y.DType));
            Assert.Equal(x.Shape, y.Shape);
            Assert.Equal(x.ToArray<long>().Select(static token => token + 1), y.ToArray<long>());
            batches++;
        }

        Assert.Equal(2, batches);
    }

    [Fact]
    public void Bad_files_and_numbers_are_refused()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "text.txt");
        Assert.Contains("no such file", Assert.Throws<FileNotFoundException>(() => TextDataSet.Load(path, 4)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, [65, 66, 0xFF, 67]);
        Assert.Contains("no UTF-8", Assert.Throws<InvalidDataException>(() => TextDataSet.Load(path, 1)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "");
        Assert.Throws<InvalidDataException>(() => TextDataSet.Load(path, 1));
        File.WriteAllText(path, "abcdefgh");
        Assert.Equal(1, TextDataSet.Load(path, 7).Train.Count);
        Assert.Throws<InvalidDataException>(() => TextDataSet.Load(path, 8));
        Assert.Throws<InvalidDataException>(() => TextDataSet.Load(path, 4, 0.3));
        Assert.Throws<ArgumentOutOfRangeException>(() => TextDataSet.Load(path, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TextDataSet.Load(path, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TextDataSet.Load(path, 1, double.NaN));
        TextDataSet text = TextDataSet.Load(path, 2).Train;
        Assert.Throws<ArgumentOutOfRangeException>(() => text.CopyTokens(3, new long[2], new long[2]));
        Assert.Throws<ArgumentException>(() => text.CopyTokens(0, new long[1], new long[2]));
        Assert.Throws<ArgumentException>(() => text.Encode("xyz"));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.Decode([8]));
    }
}
