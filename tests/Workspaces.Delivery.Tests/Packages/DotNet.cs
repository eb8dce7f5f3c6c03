using System.Collections;
using System.Diagnostics;
using System.Reflection;

namespace Workspaces.Delivery.Tests.Packages;

/// <summary>Runs the SDK and programs as a user would: in a folder of their own, with a package folder of their own, and without this build's environment.</summary>
internal static class DotNet
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>The configuration that this test program was built in, which packing takes as it lies.</summary>
    internal static string Configuration { get; } = typeof(DotNet).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>Runs <c>dotnet</c> and asserts that it ends well.</summary>
    internal static string Run(string folder, string? packages, params IReadOnlyList<string> arguments)
    {
        (int code, string output) = Try("dotnet", folder, packages, arguments);
        Assert.True(code == 0, $"dotnet {string.Join(' ', arguments)} ended with {code}:\n{output}");
        return output;
    }

    internal static (int Code, string Output) Try(string program, string folder, string? packages, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach (string name in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static one => (string)one.Key))
            if (name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        if (packages is not null) start.Environment["NUGET_PACKAGES"] = packages;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit)) process.Kill(entireProcessTree: true);
        return (process.ExitCode, output.Result + errors.Result);
    }
}
