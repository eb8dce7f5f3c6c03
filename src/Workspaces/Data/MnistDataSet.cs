using Workspaces.IO;

namespace Workspaces.Data;

/// <summary>
/// Opens MNIST and the data sets that copy its files (28×28 grey images, bytes): <c>train-images-idx3-ubyte</c>,
/// <c>train-labels-idx1-ubyte</c>, and the same for the test part, whose files begin with <c>test-</c> or <c>t10k-</c>.
/// </summary>
public static class MnistDataSet
{
    /// <summary>Rows and columns of an image.</summary>
    public const int Side = 28;

    /// <summary>The number of classes of MNIST itself: the digits.</summary>
    public const int Digits = 10;

    /// <summary>Loads one part.</summary>
    /// <param name="folder">The folder with the files; each may end in <c>.gz</c>, which is looked for first.</param>
    /// <param name="split">The part to load.</param>
    /// <param name="scaling">How pixels become features; to [0, 1] when absent, see <see cref="PixelScaling.Mnist"/>.</param>
    /// <param name="classCount">The number of classes, for relatives of MNIST with more than ten.</param>
    /// <returns>The images with their labels, features of shape (1, 28, 28).</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder lacks a file; the message lists the names looked for.</exception>
    /// <exception cref="InvalidDataException">A file is not what its name says, or the two do not belong together.</exception>
    public static LabeledImages Load(string folder, DataSplit split, PixelScaling? scaling = null, int classCount = Digits)
    {
        var parts = Check(folder, split);
        var images = IdxReader.Read(Find(folder, parts, "images-idx3-ubyte"), new() { ExpectedMagic = IdxReader.ImagesMagic });
        CheckSide(folder, images.Header);
        var labels = IdxReader.Read(Find(folder, parts, "labels-idx1-ubyte"), new() { ExpectedMagic = IdxReader.LabelsMagic });
        return new LabeledImages(NameOf(folder, split), images, labels, classCount, scaling);
    }

    /// <summary>Reads the heads of the two files of one part, not the images: what a prediction of memory needs.</summary>
    /// <param name="folder">The folder with the files; see <see cref="Load"/>.</param>
    /// <param name="split">The part.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <returns>The numbers of what <see cref="Load"/> would load, without samples.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder lacks a file; the message lists the names looked for.</exception>
    /// <exception cref="InvalidDataException">A file does not begin as its name says, or the two do not belong together.</exception>
    public static DataSetShape LoadShape(string folder, DataSplit split, int classCount = Digits)
    {
        var parts = Check(folder, split);
        var images = IdxReader.ReadHeader(Find(folder, parts, "images-idx3-ubyte"), new() { ExpectedMagic = IdxReader.ImagesMagic });
        CheckSide(folder, images);
        var labels = IdxReader.ReadHeader(Find(folder, parts, "labels-idx1-ubyte"), new() { ExpectedMagic = IdxReader.LabelsMagic });
        var name = NameOf(folder, split);
        LabeledImages.CheckHeaders(name, images, labels, classCount);
        return new DataSetShape(name, (int)images.Shape[0], LabeledImages.FeatureShapeOf(images), classCount);
    }

    private static string NameOf(string folder, DataSplit split) => $"{folder} ({split})";

    private static void CheckSide(string folder, IdxHeader images)
    {
        if (images.Shape[1] != Side || images.Shape[2] != Side)
            DataErrors.ThrowKind(folder, images, $"UInt8 images of {Side}×{Side} pixels");
    }

    /// <returns>What the names of the part's files begin with.</returns>
    private static string[] Check(string folder, DataSplit split)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            DataErrors.ThrowFolder(folder);
        return split switch
        {
            DataSplit.Train => ["train"],
            DataSplit.Test => ["test", "t10k"],
            _ => throw new ArgumentOutOfRangeException(nameof(split), split, "MnistDataSet.Load knows DataSplit.Train and DataSplit.Test."),
        };
    }

    private static string Find(string folder, ReadOnlySpan<string> parts, string kind)
    {
        foreach (var part in parts)
        {
            var path = Path.Combine(folder, $"{part}-{kind}");
            if (File.Exists(path + ".gz"))
                return path + ".gz";
            if (File.Exists(path))
                return path;
        }
        DataErrors.ThrowFile(folder, parts, kind);
        return "";
    }
}
