namespace Workspaces.IO;

/// <summary>What the head of an IDX file says, without its elements.</summary>
public sealed class IdxHeader
{
    private readonly long[] _shape;

    internal IdxHeader(string name, IdxType type, long[] shape)
    {
        Name = name;
        Type = type;
        _shape = shape;
    }

    /// <summary>The path or name that was read, for error messages.</summary>
    public string Name { get; }

    /// <summary>The element type of the file.</summary>
    public IdxType Type { get; }

    /// <summary>The size of each dimension, outermost first; 1 to 255 entries, all at least 1.</summary>
    public ReadOnlySpan<long> Shape => _shape;
}
