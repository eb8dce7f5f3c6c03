using System.Collections.ObjectModel;
using System.IO.Compression;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>
/// An archive of NumPy arrays (<c>.npz</c>), open for reading. Names stay names: nothing is ever unpacked to a file, and an archive with a name that would
/// leave its folder is refused all the same. Not safe for several threads.
/// </summary>
public sealed class NpzFile : IDisposable
{
    /// <summary>Deflate packs at most 1032 bytes into one; a directory that promises more lies.</summary>
    private const long MostExpansion = 1032;

    private const string Extension = ".npy";
    private readonly ZipArchive _archive;
    private readonly NpzLimits _limits;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly RegularFile _file;

    private NpzFile(RegularFile file, NpzLimits limits)
    {
        _file = file;
        _limits = limits;
        _archive = Guarded(file.Path, () => new ZipArchive(file.Stream, ZipArchiveMode.Read, leaveOpen: true));
        long total = 0;
        ReadOnlyCollection<ZipArchiveEntry> entries = Guarded(file.Path, () => _archive.Entries);
        if (entries.Count > limits.MaxArrays) NpyErrors.ThrowArchive(Path, $"it has {entries.Count} arrays, and {limits.MaxArrays} are allowed", RaiseLimit);
        foreach (ZipArchiveEntry entry in entries)
        {
            total += CheckEntry(entry);
            if (total > limits.MaxTotalBytes)
                NpyErrors.ThrowArchive(Path, $"its arrays have more than {limits.MaxTotalBytes} bytes together after decompression", RaiseLimit);
            string name = entry.FullName.EndsWith(Extension, StringComparison.Ordinal) ? entry.FullName[..^Extension.Length] : entry.FullName;
            if (!_entries.TryAdd(name, entry)) NpyErrors.ThrowArchive(Path, $"two of its arrays are called '{SafetensorsHeader.Shown(name)}'");
            _names.Add(name);
        }
    }

    /// <summary>The path as it was given.</summary>
    public string Path => _file.Path;

    /// <summary>The names of the arrays, without <c>.npy</c>, in the order of the archive.</summary>
    public IReadOnlyList<string> Names => _names;

    private static string RaiseLimit => "raise the limit in NpzLimits if you trust the file";

    /// <summary>Opens an archive and checks its directory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">What is accepted; null for the defaults.</param>
    /// <returns>The archive.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no archive within the limits; the message says why.</exception>
    public static NpzFile Open(string path, NpzLimits? limits = null)
    {
        RegularFile file = RegularFile.Open(path, nameof(NpzFile));
        try
        {
            return new NpzFile(file, limits ?? new NpzLimits());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is an array of a name.</summary>
    /// <param name="name">The name, without <c>.npy</c>.</param>
    /// <returns>True when there is.</returns>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Type and shape of one array.</summary>
    /// <param name="name">The name, without <c>.npy</c>.</param>
    /// <returns>Its head.</returns>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    /// <exception cref="InvalidDataException">It is no array that can be read.</exception>
    public NpyHeader HeaderOf(string name)
    {
        using Stream stream = OpenEntry(name, out NpyHeader header);
        return header;
    }

    /// <summary>Reads an array into a tensor of the ambient pass, or a persistent one outside every workspace.</summary>
    /// <param name="name">The name, without <c>.npy</c>.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    /// <exception cref="InvalidDataException">It is no complete array that can be read; the message says why.</exception>
    public Tensor Load(string name)
    {
        using Stream stream = OpenEntry(name, out NpyHeader header);
        return Guarded(Whole(name), () => NpyArrays.Load(new StreamElements(stream, header), header));
    }

    /// <summary>Reads an array of rank 1 or more into numbers of one type.</summary>
    internal T[] LoadArray<T>(string name, out NpyHeader header)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        using Stream stream = OpenEntry(name, out NpyHeader found);
        header = found;
        if (found.IsFortran && found.Shape.Rank > 1)
            NpyErrors.Throw(found.Name, "its first axis is the innermost one (fortran_order), and samples must lie one after the other", "write it with numpy.ascontiguousarray");
        if (found.Shape.Length > Array.MaxLength) NpyErrors.Throw(found.Name, $"it has {found.Shape.Length} elements, and {Array.MaxLength} fit an array", "split it");
        return Guarded(Whole(name), () =>
        {
            var elements = new T[found.Shape.Length];
            new StreamElements(stream, found).Fill<T>(elements);
            return elements;
        });
    }

    /// <summary>Closes the archive.</summary>
    public void Dispose()
    {
        _archive.Dispose();
        _file.Dispose();
    }

    private static bool IsOfDamage(Exception error) =>
        error is InvalidDataException or IOException or OverflowException or NotSupportedException || error.GetType() == typeof(ArgumentException)
        || error.GetType() == typeof(ArgumentOutOfRangeException);

    private long CheckEntry(ZipArchiveEntry entry)
    {
        string name = entry.FullName, shown = SafetensorsHeader.Shown(name);
        if (!Npz.IsPlain(name)) NpyErrors.ThrowArchive(Path, $"the name '{shown}' in it would lead out of its folder", "do not unpack this file");
        long packed = entry.CompressedLength, bytes = entry.Length;
        if (packed < 0 || packed > _file.Length) NpyErrors.ThrowArchive(Path, $"'{shown}' is said to take {packed} of its {_file.Length} bytes");
        if (bytes < 0 || bytes / MostExpansion > packed) NpyErrors.ThrowArchive(Path, $"'{shown}' is said to unpack from {packed} bytes to {bytes}, and deflate cannot do that");
        return bytes;
    }

    private Stream OpenEntry(string name, out NpyHeader header)
    {
        if (!_entries.TryGetValue(name, out ZipArchiveEntry? entry)) NpyErrors.ThrowNoArray(Path, name, _names);
        if (entry!.Length > _limits.MaxArrayBytes)
            NpyErrors.ThrowArchive(Path, $"'{SafetensorsHeader.Shown(name)}' has {entry.Length} bytes after decompression, and {_limits.MaxArrayBytes} are allowed", RaiseLimit);
        Stream stream = Guarded(Whole(name), entry.Open);
        try
        {
            string whole = Whole(name);
            NpyHeader found = header = Guarded(whole, () => NpyHeaderReader.Read(stream, whole));
            if (found.Bytes != entry.Length - found.DataOffset)
                NpyErrors.Throw(whole, $"{found.Shape} elements of {found.Type} want {found.Bytes} bytes, and the archive has {entry.Length - found.DataOffset} for it");
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private string Whole(string name) => $"{Path}: {SafetensorsHeader.Shown(name)}";

    /// <summary>What the archive's reader throws over damage becomes an error that names file and array; errors of ours do so already.</summary>
    private static T Guarded<T>(string whole, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (IsOfDamage(error) && !error.Message.Contains(whole, StringComparison.Ordinal))
        {
            NpyErrors.ThrowArchive(whole, error.Message.TrimEnd('.'), "copy or download it again", error);
            return default!;
        }
    }
}
