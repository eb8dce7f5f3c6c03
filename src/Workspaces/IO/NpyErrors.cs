using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;

namespace Workspaces.IO;

/// <summary>Every error of NumPy's files.</summary>
internal static class NpyErrors
{
    [DoesNotReturn]
    internal static void Throw(string name, string numbers, string remedy = "write it again with numpy.save", Exception? inner = null) =>
        throw new InvalidDataException(WorkspaceException.Compose($"read '{name}' as an array of NumPy", nameof(Npy), numbers, remedy), inner);

    [DoesNotReturn]
    internal static void ThrowArchive(string name, string numbers, string remedy = "write it again with numpy.savez", Exception? inner = null) =>
        throw new InvalidDataException(WorkspaceException.Compose($"read '{name}' as an archive of NumPy arrays", nameof(NpzFile), numbers, remedy), inner);

    [DoesNotReturn]
    internal static void ThrowNoArray(string path, string name, IEnumerable<string> known) => throw new KeyNotFoundException(WorkspaceException.Compose(
        $"read array '{name}' of '{path}'", nameof(NpzFile), "there is none of that name",
        $"ask for one that is there, such as {string.Join(", ", known.Take(6).Select(SafetensorsHeader.Shown))}"));

    [DoesNotReturn]
    internal static void ThrowSavedName(string path, string name, string why) => throw new ArgumentException(
        WorkspaceException.Compose($"write array '{name}' to '{path}'", nameof(Npz), why, "give every array a plain name of its own"));
}
