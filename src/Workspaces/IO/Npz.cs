using System.IO.Compression;
using Workspaces.Memory.Files;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>Writes archives of NumPy arrays (<c>.npz</c>); <see cref="NpzFile"/> reads them.</summary>
public static class Npz
{
    /// <summary>The time that entries bear, so that equal tensors give equal files.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes tensors to an archive, which is replaced as a whole.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">Names, without <c>.npy</c>, and tensors; views are written compactly.</param>
    /// <param name="compress">Whether to deflate, as <c>numpy.savez_compressed</c> does.</param>
    /// <exception cref="ArgumentException">A name is empty, taken twice, or leads out of the archive's folder.</exception>
    /// <exception cref="IOException">The system refuses; the old file is as it was.</exception>
    public static void Save(string path, IEnumerable<(string Name, Tensor Value)> tensors, bool compress = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        (string Name, Tensor Value)[] all = [.. tensors];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, Tensor value) in all)
        {
            if (string.IsNullOrEmpty(name)) NpyErrors.ThrowSavedName(path, "", "its name is empty");
            if (!IsPlain(name)) NpyErrors.ThrowSavedName(path, name, "the name would lead out of the folder that somebody unpacks it to");
            if (!names.Add(name)) NpyErrors.ThrowSavedName(path, name, "two arrays have that name");
            _ = value.Shape; // a stale tensor is refused before a file is made
        }

        AtomicFile.Write(path, nameof(Npz), stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach ((string name, Tensor value) in all)
            {
                ZipArchiveEntry entry = archive.CreateEntry(name + ".npy", compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
                entry.LastWriteTime = Epoch;
                using Stream content = entry.Open();
                Npy.Write(content, value);
            }
        });
    }

    /// <summary>False for names that are absolute, climb with <c>..</c>, or hold a drive or a zero.</summary>
    internal static bool IsPlain(string name)
    {
        if (name.Length == 0 || name.AsSpan().IndexOfAny(":\0") >= 0 || name[0] is '/' or '\\') return false;
        foreach (Range part in name.AsSpan().SplitAny('/', '\\'))
        {
            if (name.AsSpan(part).SequenceEqual("..")) return false;
        }

        return true;
    }
}
