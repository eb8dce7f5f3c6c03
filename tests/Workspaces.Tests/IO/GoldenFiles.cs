using System.Diagnostics;
using Xunit.Abstractions;

namespace Workspaces.Tests.IO;

/// <summary>Files of PyTorch and NumPy, and the script that made them.</summary>
internal static class GoldenFiles
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> HasTorch = new(static () => File.Exists(Python) && Run("-c", "import torch, numpy").Code == 0);

    internal static string PathOf(string name) => Path.Combine(TestFolders.Root, "tests", "golden", "files", name);

    /// <summary>Runs the script; null where PyTorch is absent, with the reason printed.</summary>
    internal static string? Check(ITestOutputHelper output, string verb, string path)
    {
        if (!HasTorch.Value)
        {
            output.WriteLine("Skipped: /usr/bin/python3 with torch and numpy is not there.");
            return null;
        }

        (int code, string text) = Run(Path.Combine(TestFolders.Root, "tests", "golden", "make_files.py"), verb, path);
        Assert.True(code == 0, text);
        return text.Trim();
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
