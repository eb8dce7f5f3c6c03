using Workspaces.IO;
using Workspaces.Memory;

namespace Workspaces.Data;

/// <summary>
/// Makes data sets of arrays, CSV files and NumPy's arrays. Samples with a class are <see cref="LabeledSamples"/>, samples with numbers as labels
/// <see cref="TargetSamples"/>; a <see cref="DataLoader"/> takes both.
/// </summary>
public static class DataSets
{
    /// <summary>Most classes: their numbers must be exact wherever they go.</summary>
    private const int MostClasses = 1 << 24;

    /// <summary>Samples with classes in arrays, which are not copied.</summary>
    /// <param name="name">What messages call the data set.</param>
    /// <param name="features">All features, sample by sample, row-major.</param>
    /// <param name="featureShape">Shape of one sample.</param>
    /// <param name="labels">One class a sample.</param>
    /// <param name="classCount">Classes; 0 for one more than the largest label.</param>
    /// <returns>The data set.</returns>
    /// <exception cref="ArgumentException">Lengths do not fit, or a label is out of range.</exception>
    public static LabeledSamples OfArrays(string name, float[] features, ReadOnlySpan<long> featureShape, long[] labels, int classCount = 0)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Check(name, features, featureShape, labels.Length, 1);
        int classes = ClassesOf(name, labels, classCount, static message => new ArgumentException(message));
        return new LabeledSamples(new ArraySource(name, labels.Length, featureShape.ToArray(), features, labels, null), classes);
    }

    /// <summary>Samples with numbers as labels in arrays, which are not copied.</summary>
    /// <param name="name">What messages call the data set.</param>
    /// <param name="features">All features, sample by sample, row-major.</param>
    /// <param name="featureShape">Shape of one sample.</param>
    /// <param name="targets">All targets, sample by sample.</param>
    /// <param name="targetCount">Targets of one sample, at least 1.</param>
    /// <returns>The data set.</returns>
    /// <exception cref="ArgumentException">Lengths do not fit.</exception>
    public static TargetSamples OfArrays(string name, float[] features, ReadOnlySpan<long> featureShape, float[] targets, int targetCount = 1)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetCount, 1);
        int count = targets.Length / targetCount;
        Check(name, features, featureShape, count, targetCount);
        if ((long)count * targetCount != targets.Length) DataErrors.ThrowArrays(name, features.Length, count, $"{targets.Length} targets, {targetCount} a sample");
        return new TargetSamples(new ArraySource(name, count, featureShape.ToArray(), features, null, targets), targetCount);
    }

    /// <summary>
    /// A CSV file: numbers with a decimal point whatever the culture, in quotes or not, one sample a row. The whole file is read and checked; afterwards it is
    /// in memory, or with <see cref="CsvOptions.Streaming"/> read row by row when samples are asked for, so that it may be larger than memory.
    /// </summary>
    /// <param name="path">The file: UTF-8, lines that end with LF, CR LF or CR, rows of at most 1 MiB, at most 65,536 columns.</param>
    /// <param name="options">Columns and the rest; null for the defaults: a head, the last column is the class, all others are features.</param>
    /// <returns><see cref="LabeledSamples"/> or with <see cref="CsvTask.Regression"/> <see cref="TargetSamples"/>. Dispose it when it is streaming.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A row is no sample; the message names row and column.</exception>
    /// <exception cref="ArgumentException">Options do not fit the file.</exception>
    public static IDataSet OpenCsv(string path, CsvOptions? options = null)
    {
        options ??= new CsvOptions();
        CsvSource source = CsvSource.Open(path, options);
        try
        {
            int classes = options.Task == CsvTask.Regression ? 0 : ClassCountOf(path, source, options);
            SampleSource kept = Walk(source, classes, keep: !options.Streaming);
            if (!options.Streaming) source.Dispose();
            return options.Task == CsvTask.Regression
                ? new TargetSamples(kept, source.TargetCount)
                : new LabeledSamples(kept, classes, source.Classes.Names);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Features in a <c>.npy</c> file, read when samples are asked for, so that it may be larger than memory; or both in an <c>.npz</c> archive, which is read
    /// into memory.
    /// </summary>
    /// <param name="path">Features [n, …], any type that <see cref="StoredType"/> has, row-major; or the archive.</param>
    /// <param name="labelPath">Labels [n] of whole numbers: classes; of floats [n] or [n, k]: targets. Null for an archive.</param>
    /// <param name="options">Names and classes; null for the defaults.</param>
    /// <returns><see cref="LabeledSamples"/> or <see cref="TargetSamples"/>. Dispose it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">An array cannot be read, or the two do not fit.</exception>
    public static IDataSet OpenNpy(string path, string? labelPath = null, NpyDataOptions? options = null)
    {
        options ??= new NpyDataOptions();
        return labelPath is null ? OpenArchive(path, options) : OpenArrays(path, labelPath, options);
    }

    /// <summary>Divides a data set by chance: the same parts for the same seed, whoever asks.</summary>
    /// <param name="dataSet">The samples.</param>
    /// <param name="fraction">Part of the second one, above 0 and below 1.</param>
    /// <param name="seed">Seed of the choice.</param>
    /// <returns>Two data sets that share the samples and do not overlap; each has at least one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is out of range, or one part would be empty.</exception>
    public static (IDataSet First, IDataSet Second) Split(IDataSet dataSet, double fraction, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        int second = fraction is > 0 and < 1 ? (int)Math.Round(dataSet.Count * fraction) : 0;
        if (second < 1 || second >= dataSet.Count)
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, WorkspaceException.Compose(
                $"keep {fraction} of '{dataSet.Name}' aside", nameof(Split), $"of {dataSet.Count} samples that leaves one part empty",
                "choose a fraction between 0 and 1, or give more samples"));
        ReadOnlySpan<int> order = new IndexSampler(dataSet.Count, dataSet.Count, SamplingOrder.Shuffled, seed).Batch(0);
        return (Subset(dataSet, order[second..], dataSet.Name), Subset(dataSet, order[..second], $"{dataSet.Name} (validation)"));
    }

    /// <summary>Some samples of a data set, in an order of their own.</summary>
    /// <param name="dataSet">The samples.</param>
    /// <param name="indices">Their numbers; at least one.</param>
    /// <param name="name">What messages call the part; null for the name of the whole.</param>
    /// <returns>The part.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is no sample, or there is none.</exception>
    public static IDataSet Subset(IDataSet dataSet, ReadOnlySpan<int> indices, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        if (dataSet is ITokenDataSet) DataErrors.ThrowTokens("divided");
        if (indices.Length == 0) DataErrors.ThrowIndex(dataSet.Name, 0, 0);
        foreach (int index in indices)
        {
            if ((uint)index >= (uint)dataSet.Count) DataErrors.ThrowIndex(dataSet.Name, index, dataSet.Count);
        }

        name ??= dataSet.Name;
        return dataSet is ITargetDataSet targets ? new TargetSubset(targets, indices.ToArray(), name) : new SampleSubset(dataSet, indices.ToArray(), name);
    }

    private static IDataSet OpenArchive(string path, NpyDataOptions options)
    {
        using NpzFile archive = NpzFile.Open(path);
        float[] features = archive.LoadArray<float>(options.Features, out NpyHeader x);
        long[] shape = SampleShape(x);
        if (archive.HeaderOf(options.Labels).Type.IsFloatingPoint)
        {
            float[] targets = archive.LoadArray<float>(options.Labels, out NpyHeader y);
            return new TargetSamples(new ArraySource(path, Paired(x, y), shape, features, null, targets), TargetsOf(x, y));
        }

        long[] labels = archive.LoadArray<long>(options.Labels, out NpyHeader z);
        int count = Paired(x, z, single: true), classes = ClassesOf(z.Name, labels, options.ClassCount, static message => new InvalidDataException(message));
        return new LabeledSamples(new ArraySource(path, count, shape, features, labels, null), classes);
    }

    private static IDataSet OpenArrays(string path, string labelPath, NpyDataOptions options)
    {
        RegularFile file = RegularFile.Open(path, nameof(OpenNpy));
        try
        {
            NpyHeader x = Npy.HeaderOf(file);
            long[] shape = SampleShape(x);
            if (x.IsFortran && x.Shape.Rank > 1)
                NpyErrors.Throw(path, "its first axis is the innermost one (fortran_order), and samples must lie one after the other", "write it with numpy.ascontiguousarray");
            using RegularFile labelFile = RegularFile.Open(labelPath, nameof(OpenNpy));
            NpyHeader y = Npy.HeaderOf(labelFile);
            bool isTarget = y.Type.IsFloatingPoint;
            int count = Paired(x, y, single: !isTarget);
            if (isTarget) return new TargetSamples(new NpySource(path, file, x, shape, null, ReadAll<float>(labelFile, y)), TargetsOf(x, y));
            long[] labels = ReadAll<long>(labelFile, y);
            int classes = ClassesOf(labelPath, labels, options.ClassCount, static message => new InvalidDataException(message));
            return new LabeledSamples(new NpySource(path, file, x, shape, labels, null), classes);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static T[] ReadAll<T>(RegularFile file, NpyHeader header)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var elements = new T[header.Shape.Length];
        var part = new FilePart(file, header.DataOffset);
        StoredElements.Fill(ref part, header.Name, header.Type, header.IsBigEndian, elements.AsSpan());
        return elements;
    }

    /// <summary>Shape of a sample: the axes behind the first.</summary>
    private static long[] SampleShape(NpyHeader x)
    {
        if (x.Shape.Rank < 2) NpyErrors.Throw(x.Name, $"features have the shape [n, …], and this is {x.Shape}", "add an axis");
        if (x.Shape[0] is < 1 or > int.MaxValue) NpyErrors.Throw(x.Name, $"it has {x.Shape[0]} samples, and a data set has 1 to {int.MaxValue}", "give another array");
        long[] shape = x.Shape.AsSpan()[1..].ToArray();
        foreach (long size in shape)
        {
            if (size is < 1 or > int.MaxValue) NpyErrors.Throw(x.Name, $"a sample of shape {x.Shape} is empty or too large", "give another array");
        }

        if (x.Shape.Length / x.Shape[0] > int.MaxValue) NpyErrors.Throw(x.Name, $"a sample of {x.Shape} has more than {int.MaxValue} features", "divide samples");
        return shape;
    }

    private static int Paired(NpyHeader x, NpyHeader y, bool single = false)
    {
        int rank = y.Shape.Rank;
        bool fits = rank is 1 or 2 && y.Shape[0] == x.Shape[0] && y.Shape.Length <= Array.MaxLength && (!single || y.Shape.Length == x.Shape[0]) && y.Shape.Length > 0;
        if (!fits || (y.IsFortran && rank == 2 && y.Shape[1] > 1))
            NpyErrors.Throw(y.Name, $"labels of {x.Shape[0]} samples have the shape [n] or, for floats, [n, k], and this is {y.Shape}{(y.IsFortran ? " in Fortran's order" : "")}",
                "give the labels of these samples");
        return (int)x.Shape[0];
    }

    private static int TargetsOf(NpyHeader x, NpyHeader y) => (int)(y.Shape.Length / x.Shape[0]);

    private static int ClassCountOf(string path, CsvSource source, CsvOptions options)
    {
        int found = source.Classes.Count, classes = options.ClassCount > 0 && source.Classes.Names.Length == 0 ? options.ClassCount : found;
        if (classes < found) CsvErrors.ThrowOptions(path, $"it has {found} classes, and {classes} are said", "raise ClassCount, or leave it out");
        return classes;
    }

    private static int ClassesOf(string name, long[] labels, int said, Func<string, Exception> refuse)
    {
        long most = said > 0 ? said : MostClasses, largest = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if ((ulong)labels[i] >= (ulong)most)
                throw refuse(WorkspaceException.Compose($"take the labels of '{name}' as classes", nameof(DataSets), $"label {i} is {labels[i]}, not in 0..{most - 1}",
                    said > 0 ? "raise the number of classes, or correct the labels" : "give classes as whole numbers from 0"));
            largest = Math.Max(largest, labels[i]);
        }

        return said > 0 ? said : (int)largest + 1;
    }

    private static void Check(string name, float[] features, ReadOnlySpan<long> featureShape, int count, int targetCount)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(features);
        long size = SampleSource.Product(featureShape);
        if (count < 1 || size * count != features.Length) DataErrors.ThrowArrays(name, features.Length, count, $"{count} samples of {size} features, {targetCount} targets each");
    }

    /// <summary>Parses every row once, so that a damaged one is named now; keeps the numbers when asked to.</summary>
    private static SampleSource Walk(CsvSource source, int classes, bool keep)
    {
        int width = source.FeatureCount, goals = classes == 0 ? source.TargetCount : 0, count = source.Count;
        if (keep && (long)count * Math.Max(width, goals) > Array.MaxLength)
            CsvErrors.Throw(source.Name, $"its {count} rows of {width} features do not fit an array", "set Streaming");
        float[] features = new float[keep ? count * width : width], targets = new float[keep ? count * goals : goals];
        long[] labels = keep && classes > 0 ? new long[count] : [];
        for (int i = 0; i < count; i++)
        {
            int at = keep ? i : 0;
            source.Copy(i, features.AsSpan(at * width, width), targets.AsSpan(at * goals, goals), out long label);
            if (labels.Length > 0) labels[i] = label;
        }

        return keep ? new ArraySource(source.Name, count, source.FeatureShape, features, classes > 0 ? labels : null, classes > 0 ? null : targets) { Form = source.Form } : source;
    }
}
