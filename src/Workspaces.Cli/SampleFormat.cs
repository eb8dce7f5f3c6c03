namespace Workspaces.Cli;

/// <summary>What the input of <c>infer</c> is.</summary>
internal enum SampleFormat
{
    /// <summary>Arrays are known by their first bytes; anything else is text for a model of texts, and CSV for others.</summary>
    Auto,

    /// <summary>A NumPy array, one sample for each entry of its first axis.</summary>
    Npy,

    /// <summary>A NumPy archive with such an array: the only one, or the one called <c>x</c>.</summary>
    Npz,

    /// <summary>A row of numbers for each sample.</summary>
    Csv,

    /// <summary>A line for each text that the model is to go on with.</summary>
    Text,
}
