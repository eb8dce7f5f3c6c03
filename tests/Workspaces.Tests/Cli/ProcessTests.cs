using System.Diagnostics;
using System.Globalization;

namespace Workspaces.Tests.Cli;

/// <summary>The tool as a process of its own: signals, and an environment that must be there before it starts.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ProcessTests
{
    [Fact]
    public async Task A_terminated_training_run_ends_its_step_prints_the_result_and_says_so_in_its_code()
    {
        if (OperatingSystem.IsWindows()) return;
        using Process process = OwnProcess.Start([], "train", Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json"), "--epochs", "1000000");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string? line;
        do line = await process.StandardOutput.ReadLineAsync();
        while (line is not null && !line.StartsWith("epoch 1/", StringComparison.Ordinal));

        // The interrupt of Ctrl-C takes the same way, but runs in the background may be started deaf to it.
        using Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 143, await errors);
        Assert.Contains("cancelled after", output, StringComparison.Ordinal);
        Assert.Contains("test accuracy", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminated_measurement_prints_the_result_so_far_and_says_so_in_its_code()
    {
        if (OperatingSystem.IsWindows()) return;
        string trace = Path.Combine(Path.GetTempPath(), $"trace-{Guid.NewGuid():N}.csv");
        var opened = new TaskCompletionSource();
        using (Process pipe = Process.Start("mkfifo", [trace])) await pipe.WaitForExitAsync();
        using Process process = OwnProcess.Start([], "bench", "mlp_b128", "--seconds", "3000", "--json", "--trace-out", trace);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> rows = Task.Run(() => ReadOpened(trace, opened));
        await Task.WhenAny(opened.Task, process.WaitForExitAsync()); // the pipe has two ends once signals are caught
        using Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        File.Delete(trace);

        Assert.True(process.ExitCode == 143, await errors);
        Assert.Contains("Linear", await rows, StringComparison.Ordinal);
        Assert.Contains("\"cancelled\":true", output, StringComparison.Ordinal);
        Assert.Contains("\"managed_bytes_per_step\":null,\"gc_collections\":null,", output, StringComparison.Ordinal); // serving the signal makes garbage too
        Assert.Contains("\"deviations\":0", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("bench", "mlp_small_b1")]
    public async Task A_kernel_that_cannot_be_forced_is_bad_input(params string[] arguments)
    {
        using Process process = OwnProcess.Start(new() { ["WORKSPACES_FORCE_KERNEL"] = "huge" }, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(2, process.ExitCode);
        Assert.Empty(output);
        string said = await errors;
        Assert.Contains("WORKSPACES_FORCE_KERNEL=huge", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    /// <summary>What others write to a pipe; waits for the first of them.</summary>
    private static string ReadOpened(string path, TaskCompletionSource opened)
    {
        using var reader = new StreamReader(path);
        opened.SetResult();
        return reader.ReadToEnd();
    }
}
