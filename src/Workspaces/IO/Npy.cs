using System.Text;
using Workspaces.Memory.Files;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>
/// NumPy's array files (<c>.npy</c>) to tensors and back. Read are both byte orders, both orders of axes, versions 1 to 3 and the elements f8, f4, f2, i8, i4,
/// i2, i1, u4, u2, u1, b1 (see <see cref="StoredType"/> for what they become); Python objects and records are refused. Written are version 1, row-major and
/// little-endian.
/// </summary>
public static class Npy
{
    private const int Alignment = 64;

    /// <summary>Reads a file into a tensor of the ambient pass, or a persistent one outside every workspace.</summary>
    /// <param name="path">The file. Its length is compared with its head before memory is taken.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no complete array that can be read; the message says why.</exception>
    /// <exception cref="Memory.OutOfWorkspaceException">Memory is refused.</exception>
    public static Tensor Load(string path)
    {
        using RegularFile file = RegularFile.Open(path, nameof(Npy));
        NpyHeader header = HeaderOf(file);
        return NpyArrays.Load(new FileElements(file, header.DataOffset, path, header.Type, header.IsBigEndian), header);
    }

    /// <summary>Reads the head of a file and compares it with its length.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Type and shape.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no complete array that can be read; the message says why.</exception>
    public static NpyHeader ReadHeader(string path)
    {
        using RegularFile file = RegularFile.Open(path, nameof(Npy));
        return HeaderOf(file);
    }

    /// <summary>Writes a tensor to a file, which is replaced as a whole.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensor">The tensor; a view is written compactly.</param>
    /// <exception cref="IOException">The system refuses; the old file is as it was.</exception>
    public static void Save(string path, Tensor tensor)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _ = tensor.Shape; // a stale tensor is refused before a file is made
        AtomicFile.Write(path, nameof(Npy), stream => Write(stream, tensor));
    }

    /// <summary>Writes a tensor to a stream.</summary>
    /// <param name="stream">Takes the bytes; stays open.</param>
    /// <param name="tensor">The tensor; a view is written compactly.</param>
    public static void Write(Stream stream, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Shape shape = tensor.Shape;
        string sizes = shape.Rank == 1 ? $"{shape[0]}," : string.Join(", ", shape.AsSpan().ToArray());
        string head = $"{{'descr': '{DescrOf(tensor.DType)}', 'fortran_order': False, 'shape': ({sizes}), }}";
        int bytes = 10 + head.Length + 1, padding = (Alignment - (bytes % Alignment)) % Alignment;
        head = head + new string(' ', padding) + "\n";
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)head.Length, (byte)(head.Length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(head));
        TensorWriter.Write(stream, tensor);
    }

    /// <summary>Reads the head of an open file; its length must be what the head says.</summary>
    internal static NpyHeader HeaderOf(RegularFile file)
    {
        file.Stream.Position = 0;
        NpyHeader header = NpyHeaderReader.Read(file.Stream, file.Path);
        long found = file.Length - header.DataOffset;
        if (header.Bytes != found)
            NpyErrors.Throw(file.Path, $"{header.Shape} elements of {header.Type} want {header.Bytes} bytes, and {found} follow its head", "copy or download it again");
        return header;
    }

    private static string DescrOf(DType dtype) => dtype switch
    {
        DType.F64 => "<f8",
        DType.F32 => "<f4",
        DType.I64 => "<i8",
        DType.I32 => "<i4",
        DType.U8 => "|u1",
        _ => "|b1",
    };
}
