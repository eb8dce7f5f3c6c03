using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>
/// Reads the head of an array: <c>93 'NUMPY' major minor length</c>, then a Python literal, e.g.
/// <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }</c>. Three keys, strings, truth values and tuples of whole numbers are all it knows.
/// </summary>
/// <remarks>Source: NumPy enhancement proposal 1 and numpy.lib.format. Python objects, which NumPy would unpickle, and records are refused.</remarks>
internal ref struct NpyHeaderReader
{
    /// <summary>Most bytes of the literal; NumPy reads 10,000 unless it is told to trust the file.</summary>
    private const int MaxBytes = 10_000;

    private readonly string _name;
    private ReadOnlySpan<char> _left;

    private NpyHeaderReader(string name, ReadOnlySpan<char> text)
    {
        _name = name;
        _left = text;
    }

    /// <summary>Reads the head from a stream.</summary>
    /// <param name="stream">At the first byte of the array; then at the first byte of its elements.</param>
    /// <param name="name">What messages call it.</param>
    internal static NpyHeader Read(Stream stream, string name)
    {
        Span<byte> start = stackalloc byte[12];
        Take(stream, start[..8], name);
        if (start[0] != 0x93 || !start[1..6].SequenceEqual("NUMPY"u8))
            NpyErrors.Throw(name, $"it begins with {System.Convert.ToHexString(start[..6])}, and arrays begin with 934E554D5059", "give a .npy file");
        int major = start[6], lengthBytes = major == 1 ? 2 : 4;
        if (major is < 1 or > 3) NpyErrors.Throw(name, $"it is of version {major}, and 1, 2 and 3 are known");
        Take(stream, start.Slice(8, lengthBytes), name);
        uint length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length is < 2 or > MaxBytes) NpyErrors.Throw(name, $"its head is said to have {length} bytes, and 2 to {MaxBytes} are possible");
        Span<byte> head = stackalloc byte[MaxBytes];
        head = head[..(int)length];
        Take(stream, head, name);
        var reader = new NpyHeaderReader(name, Encoding.Latin1.GetString(head));
        return reader.ReadDictionary(8 + lengthBytes + length);
    }

    private static void Take(Stream stream, Span<byte> bytes, string name)
    {
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length) NpyErrors.Throw(name, $"its head is cut short: wanted {bytes.Length} bytes, found {read}", "copy or download it again");
    }

    private NpyHeader ReadDictionary(long dataOffset)
    {
        Expect('{');
        (StoredType Type, bool Big)? type = null;
        bool? fortran = null;
        Shape? shape = null;
        while (!TryTake('}'))
        {
            ReadOnlySpan<char> key = ReadText();
            Expect(':');
            if (key.SequenceEqual("descr") && type is null) type = TypeOf(ReadText());
            else if (key.SequenceEqual("fortran_order") && fortran is null) fortran = ReadTruth();
            else if (key.SequenceEqual("shape") && shape is null) shape = ReadShape();
            else NpyErrors.Throw(_name, $"its head has a key '{Shown(key)}' too many; descr, fortran_order and shape are known");
            if (!TryTake(',') && !_left.TrimStart().StartsWith("}")) NpyErrors.Throw(_name, $"its head has '{Shown(_left)}' where a comma or the end is expected");
        }

        if (!_left.IsWhiteSpace()) NpyErrors.Throw(_name, $"its head goes on with '{Shown(_left)}' after its end");
        if (type is { } known && fortran is { } order && shape is { } size) return Checked(new NpyHeader(_name, known.Type, known.Big, order, size, dataOffset));
        NpyErrors.Throw(_name, "its head lacks one of descr, fortran_order and shape");
        return null!;
    }

    private static NpyHeader Checked(NpyHeader header)
    {
        if (header.Shape.Length > long.MaxValue / header.Type.SizeInBytes) NpyErrors.Throw(header.Name, $"an array of shape {header.Shape} has more bytes than can be counted");
        return header;
    }

    private (StoredType Type, bool Big) TypeOf(ReadOnlySpan<char> descr)
    {
        if (descr.Length == 3 && descr[0] is '<' or '>' or '|' or '=')
        {
            bool big = descr[0] == '>' || (descr[0] == '=' && !BitConverter.IsLittleEndian);
            StoredType? type = descr[1..] switch
            {
                "f8" => StoredType.F64,
                "f4" => StoredType.F32,
                "f2" => StoredType.F16,
                "i8" => StoredType.I64,
                "i4" => StoredType.I32,
                "i2" => StoredType.I16,
                "i1" => StoredType.I8,
                "u4" => StoredType.U32,
                "u2" => StoredType.U16,
                "u1" => StoredType.U8,
                "b1" => StoredType.Bool,
                _ => null,
            };
            if (type is { } known && (descr[0] != '|' || known.SizeInBytes == 1)) return (known, big);
        }

        NpyErrors.Throw(
            _name, $"its elements are '{Shown(descr)}', and f8, f4, f2, i8, i4, i2, i1, u4, u2, u1 and b1 can be read",
            "convert it with astype; arrays of Python objects are never read, because reading them runs code");
        return default;
    }

    private Shape ReadShape()
    {
        Span<long> dims = stackalloc long[Shape.MaxRank];
        int rank = 0;
        long elements = 1;
        Expect('(');
        while (!TryTake(')'))
        {
            if (rank == dims.Length) NpyErrors.Throw(_name, $"it has more than {Shape.MaxRank} axes", "join axes with reshape");
            long size = dims[rank++] = ReadNumber();
            if (size > 0 && elements > long.MaxValue / size) NpyErrors.Throw(_name, "its shape has more elements than can be counted");
            elements *= Math.Max(size, 1);
            if (!TryTake(',') && !_left.TrimStart().StartsWith(")")) NpyErrors.Throw(_name, $"its shape goes on with '{Shown(_left)}'");
        }

        return new Shape(dims[..rank]);
    }

    private long ReadNumber()
    {
        _left = _left.TrimStart();
        int digits = 0;
        while (digits < _left.Length && char.IsAsciiDigit(_left[digits])) digits++;
        if (!long.TryParse(_left[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            NpyErrors.Throw(_name, $"its head has '{Shown(_left)}' where a whole number is expected");
        _left = _left[digits..];
        if (_left.StartsWith("L")) _left = _left[1..]; // written by Python 2
        return number;
    }

    private bool ReadTruth()
    {
        _left = _left.TrimStart();
        bool isTrue = _left.StartsWith("True");
        if (!isTrue && !_left.StartsWith("False")) NpyErrors.Throw(_name, $"its head has '{Shown(_left)}' where True or False is expected");
        _left = _left[(isTrue ? 4 : 5)..];
        return isTrue;
    }

    private ReadOnlySpan<char> ReadText()
    {
        _left = _left.TrimStart();
        char quote = _left.Length > 0 ? _left[0] : ' ';
        int end = quote is '\'' or '"' ? _left[1..].IndexOf(quote) : -1;
        if (end < 0) NpyErrors.Throw(_name, $"its head has '{Shown(_left)}' where a text in quotes is expected", "arrays of records cannot be read; save each field by itself");
        ReadOnlySpan<char> text = _left.Slice(1, end);
        _left = _left[(end + 2)..];
        return text;
    }

    private void Expect(char wanted)
    {
        if (!TryTake(wanted)) NpyErrors.Throw(_name, $"its head has '{Shown(_left)}' where '{wanted}' is expected");
    }

    private bool TryTake(char wanted)
    {
        ReadOnlySpan<char> left = _left.TrimStart();
        if (left.Length == 0 || left[0] != wanted) return false;
        _left = left[1..];
        return true;
    }

    private static string Shown(ReadOnlySpan<char> text) => text.Length <= 40 ? text.ToString() : $"{text[..40]}…";
}
