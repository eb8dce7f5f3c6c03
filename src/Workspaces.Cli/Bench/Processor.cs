using System.Runtime.InteropServices;

namespace Workspaces.Cli.Bench;

/// <summary>What processor this is.</summary>
internal static class Processor
{
    private const string CpuFile = "/proc/cpuinfo";

    /// <summary>Its name as the system tells it, with family and model where the name alone says little.</summary>
    internal static string Name { get; } = Read();

    /// <summary>The name as a file name: lower case letters and digits, all else a hyphen.</summary>
    internal static string FileName { get; } = string.Join('-', new string([.. Name.ToLowerInvariant().Select(static c => char.IsAsciiLetterOrDigit(c) ? c : ' ')])
        .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Read()
    {
        if (!File.Exists(CpuFile)) return $"{RuntimeInformation.ProcessArchitecture} of {RuntimeInformation.OSDescription}";
        string[] lines = File.ReadAllLines(CpuFile);
        string name = Value(lines, "model name");
        return name.Length == 0 ? RuntimeInformation.ProcessArchitecture.ToString() : $"{name} family {Value(lines, "cpu family")} model {Value(lines, "model")}";
    }

    private static string Value(string[] lines, string key) =>
        lines.Select(static line => line.Split(':', 2)).FirstOrDefault(parts => parts.Length == 2 && parts[0].Trim() == key)?[1].Trim() ?? "";
}
