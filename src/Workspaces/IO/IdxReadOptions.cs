namespace Workspaces.IO;

/// <summary>What <see cref="IdxReader"/> accepts: an expected kind of file and a limit on its data.</summary>
public sealed record IdxReadOptions
{
    /// <summary>Default of <see cref="MaxBytes"/>: 1 GiB, about twenty times the full MNIST training images.</summary>
    public const long DefaultMaxBytes = 1L << 30;

    /// <summary>
    /// The magic number that the file must have (<see cref="IdxReader.ImagesMagic"/>, <see cref="IdxReader.LabelsMagic"/>),
    /// or <see langword="null"/> to accept every type and rank.
    /// </summary>
    public int? ExpectedMagic { get; init; }

    /// <summary>
    /// Most bytes of data, after decompression, that a file may hold; 1 to <see cref="Array.MaxLength"/>.
    /// A header that promises more is refused before anything is allocated.
    /// </summary>
    public long MaxBytes { get; init; } = DefaultMaxBytes;
}
