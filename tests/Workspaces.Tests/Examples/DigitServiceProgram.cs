using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Examples;

/// <summary>The digit service as a process of its own on a free port, with weights that it has trained once for all tests.</summary>
public sealed class DigitServiceProgram : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _started = [];

    public DigitServiceProgram()
    {
        string configs = Path.Combine(TestFolders.Root, "configs", "digit-service.json");
        File.Copy(configs, RunFile);
        First = Start();
        Client = Connect(First.Url, connections: 32);
    }

    /// <summary>What the service says of itself.</summary>
    public sealed record Statistics(long Requests, long Garbage, long Committed, int Collections, long Managed, long WorkingSet);

    /// <summary>A service that runs.</summary>
    public sealed record Running(Process Process, Uri Url, IReadOnlyList<string> Lines);

    public Running First { get; }

    public HttpClient Client { get; }

    private string RunFile => Path.Combine(_folder.Path, "digit-service.json");

    /// <summary>Starts a service and waits until it listens.</summary>
    public Running Start()
    {
        Process process = ExampleProgram.Start("DigitService", Arguments(port: 0));
        lock (_started) _started.Add(process);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
            if (line.StartsWith("listening on ", StringComparison.Ordinal)) return new Running(process, new Uri(line["listening on ".Length..]), lines);
        }

        throw new InvalidOperationException($"The service has ended: {errors.Result}");
    }

    /// <summary>Starts a service where it cannot be; its exit code and what it says on the error stream.</summary>
    public (int Code, string Errors) Fail(int port) => ExampleProgram.Fail("DigitService", Arguments(port));

    /// <summary>Sends SIGTERM and returns what is printed before the end.</summary>
    public static string Stop(Process process)
    {
        using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"])) kill.WaitForExit();
        string rest = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return rest;
    }

    public static HttpClient Connect(Uri url, int connections) =>
        new(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false }) { BaseAddress = url };

    public async Task<Statistics> ReadStatisticsAsync() =>
        (await Client.GetFromJsonAsync<Statistics>("statistics", JsonSerializerOptions.Web))!;

    private string[] Arguments(int port) =>
        [RunFile, string.Create(CultureInfo.InvariantCulture, $"Service:Port={port}"), $"Data:Folder={Path.Combine(TestFolders.Root, "examples", "data", "mnist")}"];

    public void Dispose()
    {
        Client.Dispose();
        foreach (Process process in _started)
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _folder.Dispose();
    }
}
