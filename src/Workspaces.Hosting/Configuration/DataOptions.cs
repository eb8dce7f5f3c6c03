using System.ComponentModel.DataAnnotations;
using Workspaces.Data;

namespace Workspaces.Hosting.Configuration;

/// <summary>The section <c>Data</c> of a run: where samples come from and how they are put into batches.</summary>
public sealed record DataOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Data";

    /// <summary>The name of the format, <c>Idx</c> or <c>Text</c>. It must be written.</summary>
    [Required]
    public string? Type { get; init; }

    /// <summary>
    /// The folder of the files as it was written, null when the format reads none; see <see cref="RunConfiguration.GetPath"/>.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>The file as it was written, null when the format reads a folder; see <see cref="RunConfiguration.GetPath"/>.</summary>
    public string? File { get; init; }

    /// <summary>Characters in a sample of text. Default 128.</summary>
    [Range(1, 1 << 20)]
    public int Length { get; init; } = 128;

    /// <summary>Part of a text, at its end, that is kept aside to validate on, from 0 to 0.9. Default 0.1.</summary>
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
}
