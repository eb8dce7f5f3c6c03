using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Workspaces.Cli;
using Workspaces.Hosting.Top;
using Workspaces.Memory;
using Workspaces.Memory.Telemetry;
using Workspaces.Tests.Cli;
using Workspaces.Tests.IO;
using Workspaces.Tests.Telemetry;

namespace Workspaces.Tests.Top;

/// <summary>The verb <c>top</c>, in this process and between two of their own.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TopCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Once_shows_a_table_with_the_names()
    {
        string place = Path.Combine(_folder.Path, "top.sock");
        using TopServer server = TopServer.Start(place, TimeSpan.FromMilliseconds(20));
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "top-table" });
        Watched.Pass(workspace, 1000);
        (int code, string output, string errors) = InProcess.Run("top", "--socket", place, "--once");

        Assert.True(code == 0, errors);
        Assert.Contains("passes/s", output, StringComparison.Ordinal);
        Assert.Contains(WorkspaceRegister.LabelOf("top-table"), output, StringComparison.Ordinal);
        Assert.Contains("persistent", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Once_as_JSON_is_one_line_with_rates()
    {
        string place = Path.Combine(_folder.Path, "top.sock");
        using TopServer server = TopServer.Start(place, TimeSpan.FromMilliseconds(120));
        (int code, string output, string errors) = InProcess.Run("top", "--socket", place, "--once", "--json");

        Assert.True(code == 0, errors);
        JsonNode seen = JsonNode.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)))!;
        Assert.Equal(Environment.ProcessId, (int)seen["pid"]!);
        Assert.All(seen["workspaces"]!.AsArray(), static row => Assert.NotNull(row!["passes_per_second"]));
    }

    [Theory]
    [InlineData("nobody listens there", "--pid", "2147483647")]
    [InlineData("nobody listens there", "--socket", "there-is-no-such.sock")]
    [InlineData("are both given", "--pid", "1", "--socket", "x.sock")]
    [InlineData("bytes, and a socket's has at most", "--socket", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    public void What_cannot_be_attached_to_is_said_in_four_parts(string part, params string[] arguments)
    {
        (int code, string output, string errors) = InProcess.Run(["top", "--once", .. arguments]);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains(part, errors, StringComparison.Ordinal);
        Assert.Contains("Remedy:", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_training_processes_are_attached_to_by_number_and_old_sockets_go()
    {
        if (OperatingSystem.IsWindows()) return;
        string sockets = Path.Combine(_folder.Path, "workspaces"), stale = Path.Combine(sockets, "2147483646.sock");
        Directory.CreateDirectory(sockets, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(stale, "");
        string reused = Path.Combine(sockets, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + ".sock");
        File.WriteAllText(reused, ""); // left by a process that is gone, whose number another one has by now
        using Process one = Train(), two = Train();
        try
        {
            await Listening(one, sockets);
            await Listening(two, sockets);
            Assert.False(File.Exists(stale));

            (int code, string output, string errors) = await Tool("top", "--pid", Number(one), "--once", "--json");
            Assert.True(code == 0, errors);
            JsonNode seen = JsonNode.Parse(output)!;
            Assert.Equal(one.Id, (int)seen["pid"]!);
            JsonNode step = seen["workspaces"]!.AsArray().Single(static row => (string)row!["name"]! == "step")!;
            Assert.True((long)step["planned_passes"]! > 0);
            Assert.True((double)seen["training"]!["steps_per_second"]! > 0);
            Assert.True((double)seen["training"]!["loss"]! > 0);

            (code, output, errors) = await Tool("top", "--once");
            Assert.Equal((2, ""), (code, output));
            Assert.True(File.Exists(reused));
            Assert.Contains("2 processes listen", errors, StringComparison.Ordinal);
            Assert.Contains(Number(one), errors, StringComparison.Ordinal);
            Assert.Contains(Number(two), errors, StringComparison.Ordinal);

            using Process kill = Process.Start("kill", ["-TERM", Number(two)]);
            await two.WaitForExitAsync();
            Assert.False(File.Exists(Path.Combine(sockets, Number(two) + ".sock")));
            (code, output, errors) = await Tool("top", "--once");
            Assert.True(code == 0, errors);
            Assert.Contains("step", output, StringComparison.Ordinal);

            using Process attached = Start("top");
            Assert.Contains(Number(one), await attached.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            one.Kill(); // leaves a socket behind that nobody listens at
            output = await attached.StandardOutput.ReadToEndAsync();
            await attached.WaitForExitAsync();
            Assert.Equal(0, attached.ExitCode);
            Assert.EndsWith($"process {Number(one)} has ended{Environment.NewLine}", output, StringComparison.Ordinal);
            Assert.DoesNotContain('\e', output);
            (code, output, errors) = await Tool("top", "--pid", Number(one));
            Assert.Equal((2, ""), (code, output));
            Assert.Contains("nobody listens there", errors, StringComparison.Ordinal);

            File.SetUnixFileMode(sockets, (UnixFileMode)0b111_101_101);
            (code, output, errors) = await Tool("top", "--once");
            Assert.Equal((2, ""), (code, output));
            Assert.Contains("others may use the folder", errors, StringComparison.Ordinal);
        }
        finally
        {
            if (!one.HasExited) one.Kill();
            if (!two.HasExited) two.Kill();
        }
    }

    private static string Number(Process process) => process.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Until its first steps are taken, so that there is something to see.</summary>
    private static async Task Listening(Process process, string sockets)
    {
        string? line;
        do line = await process.StandardOutput.ReadLineAsync();
        while (line is not null && !line.StartsWith("epoch 1/", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(sockets, Number(process) + ".sock")));
        _ = process.StandardOutput.ReadToEndAsync(); // so that it never waits for a reader
    }

    private Process Train() => Start(
        "train", Path.Combine(TestFolders.Root, "configs", "metrics.json"), "--epochs", "1000000", "--set", "WorkspaceTop:Enabled=true", "--set", "Workspaces:step:MaxSize=0");

    private async Task<(int Code, string Output, string Errors)> Tool(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = arguments[0] == "top" };
        start.ArgumentList.Add(typeof(CommandLine).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["XDG_RUNTIME_DIR"] = _folder.Path;
        return Process.Start(start)!;
    }
}
