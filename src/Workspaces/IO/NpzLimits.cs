namespace Workspaces.IO;

/// <summary>What <see cref="NpzFile"/> accepts from an archive, which may be a bomb: a few bytes that unpack to very many.</summary>
public sealed record NpzLimits
{
    /// <summary>Most bytes of one array after decompression. Default 4 GiB.</summary>
    public long MaxArrayBytes { get; init; } = 4L << 30;

    /// <summary>Most bytes of all arrays of the archive together after decompression, as its directory says. Default 16 GiB.</summary>
    public long MaxTotalBytes { get; init; } = 16L << 30;

    /// <summary>Most arrays. Default 65,536.</summary>
    public int MaxArrays { get; init; } = 1 << 16;
}
