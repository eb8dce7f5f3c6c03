using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Workspaces.Data;

namespace Workspaces.Hosting.Configuration;

/// <summary>The section <c>Data</c> of a run: where samples come from and how they are put into batches.</summary>
public sealed record DataOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Data";

    /// <summary>The key of the list of transforms, which is bound element by element.</summary>
    internal const string Transforms = "Transforms";

    /// <summary>The name of the format, <c>Idx</c>, <c>Text</c>, <c>Csv</c> or <c>Npy</c>. It must be written.</summary>
    [Required]
    public string? Type { get; init; }

    /// <summary>
    /// The folder of the files as it was written, null when the format reads none; see <see cref="RunConfiguration.GetPath"/>.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>The file as it was written, null when the format reads a folder; see <see cref="RunConfiguration.GetPath"/>.</summary>
    public string? File { get; init; }

    /// <summary>The file of the labels of <c>Npy</c>, null when <see cref="File"/> is an archive that has them.</summary>
    public string? Labels { get; init; }

    /// <summary>The file to validate on of <c>Csv</c> and <c>Npy</c>; null to keep a part of <see cref="File"/> aside.</summary>
    public string? TestFile { get; init; }

    /// <summary>The file of the labels of <see cref="TestFile"/>.</summary>
    public string? TestLabels { get; init; }

    /// <summary>What the target columns of <c>Csv</c> are. Default classification.</summary>
    public CsvTask Task { get; init; }

    /// <summary>The target columns of <c>Csv</c>, by name or by number, −1 for the last; null for the last one.</summary>
    public string[]? Targets { get; init; }

    /// <summary>The feature columns of <c>Csv</c>; null for all that are no targets.</summary>
    public string[]? Features { get; init; }

    /// <summary>Whether the first row of <c>Csv</c> has the names of the columns. Default true.</summary>
    public bool Header { get; init; } = true;

    /// <summary>The character between two fields of <c>Csv</c>. Default a comma.</summary>
    [StringLength(1, MinimumLength = 1)]
    public string Delimiter { get; init; } = ",";

    /// <summary>What becomes of features that <c>Csv</c> leaves empty. Default: the file is refused.</summary>
    public MissingValues Missing { get; init; }

    /// <summary>The number that missing features get with <see cref="MissingValues.Fill"/>. Default 0.</summary>
    [Range(-1e30, 1e30)]
    public double Fill { get; init; }

    /// <summary>Whether rows of <c>Csv</c> are read from the file when they are asked for, instead of being kept in memory. Default false.</summary>
    public bool Streaming { get; init; }

    /// <summary>How many classes <c>Csv</c> and <c>Npy</c> have; 0 for one more than the largest label. Default 0.</summary>
    [Range(0, 1 << 24)]
    public int ClassCount { get; init; }

    /// <summary>Characters in a sample of text. Default 128.</summary>
    [Range(1, 1 << 20)]
    public int Length { get; init; } = 128;

    /// <summary>
    /// Part that is kept aside to validate on, from 0 to 0.9: the end of a text, samples by chance of <c>Csv</c> and <c>Npy</c> without <see cref="TestFile"/>.
    /// Default 0.1.
    /// </summary>
    [Range(0.0, 0.9)]
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>Samples in a batch. Default 32.</summary>
    [Range(1, 1 << 24)]
    public int BatchSize { get; init; } = 32;

    /// <summary>Whether every epoch has its own order of samples. Default true.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether an incomplete last batch is left out. Default false.</summary>
    public bool DropLast { get; init; }

    /// <summary>Threads that fill batches ahead while training reads; 0 fills each batch when it is asked for. Default 0. Batches are the same.</summary>
    [Range(0, 1024)]
    public int Workers { get; init; }

    /// <summary>Batches that workers may have ready before they are asked for; each takes a batch of memory. Default 2.</summary>
    [Range(1, DataLoader.MostPrefetch)]
    public int Prefetch { get; init; } = DataLoader.DefaultPrefetch;

    /// <summary>Subtracted from pixels after they were brought to [0, 1]. Default 0; that of MNIST is 0.1307.</summary>
    [Range(-1e6, 1e6)]
    public double PixelMean { get; init; }

    /// <summary>What is left is divided by this. Default 1; that of MNIST is 0.3081.</summary>
    [Range(1e-6, 1e6)]
    public double PixelDeviation { get; init; } = 1;

    /// <summary>Binds the section of a run; <c>Transforms</c> is bound elsewhere.</summary>
    [RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
    internal static DataOptions Of(RunConfiguration run)
    {
        var binder = new StrictBinder();
        DataOptions options = binder.Bind<DataOptions>(run.Root.GetSection(Section), Transforms);
        binder.ThrowIfInvalid();
        return options;
    }
}
