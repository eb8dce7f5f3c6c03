using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>Every error of safetensors files.</summary>
internal static class SafetensorsErrors
{
    [DoesNotReturn]
    internal static void Throw(string path, string numbers, Exception? inner = null) => throw new InvalidDataException(
        WorkspaceException.Compose($"read '{path}' as safetensors", nameof(SafetensorsFile), numbers, "copy or download the file again, or write it anew"), inner);

    [DoesNotReturn]
    internal static void ThrowName(string path, string name, IEnumerable<string> known) => throw new KeyNotFoundException(WorkspaceException.Compose(
        $"read tensor '{name}' of '{path}'", nameof(SafetensorsFile), "there is none of that name",
        $"ask for one that is there, such as {string.Join(", ", known.Take(6).Select(SafetensorsHeader.Shown))}"));

    [DoesNotReturn]
    internal static void ThrowShape(string path, SafetensorsEntry entry, Shape wanted) => throw new ShapeException(
        $"read tensor '{SafetensorsHeader.Shown(entry.Name)}' of '{path}' into one of shape {wanted}", nameof(SafetensorsFile), $"it has the shape {entry.Shape}",
        "give a tensor of that shape");

    [DoesNotReturn]
    internal static void ThrowType(string path, SafetensorsEntry entry, DType wanted) => throw new ArgumentException(WorkspaceException.Compose(
        $"read tensor '{SafetensorsHeader.Shown(entry.Name)}' of '{path}' as {wanted.Name}", nameof(SafetensorsFile), $"it is of type {entry.Type}",
        $"read it as {entry.DType.Name}; only float types are converted into each other"));

    [DoesNotReturn]
    internal static void ThrowSavedName(string path, string name, string why) => throw new ArgumentException(
        WorkspaceException.Compose($"write tensor '{name}' to '{path}'", nameof(Safetensors), why, "give every tensor a name of its own"));
}
