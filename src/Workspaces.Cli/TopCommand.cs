using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Workspaces.Hosting.Top;
using Workspaces.Memory;

namespace Workspaces.Cli;

/// <summary><c>top</c>: attaches to a running process and shows what its workspaces do. It only looks: nothing is sent to the process.</summary>
internal static class TopCommand
{
    internal static Command Create()
    {
        var pid = new Option<int?>("--pid") { Description = "Number of the process; not needed when there is one only." };
        var socket = new Option<string?>("--socket") { Description = "The socket of the process (WorkspaceTop:Socket), instead of its number." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a second, each on a line." };
        var once = new Option<bool>("--once") { Description = "Show it once; takes a second, because rates need two looks." };
        var command = new Command("top", "Show what the workspaces of a running process do (start it with WorkspaceTop:Enabled=true).") { pid, socket, json, once };
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            using var stop = new StopSignals();
            string path = Choose(parsed.GetValue(pid), parsed.GetValue(socket));
            using TopClient client = TopClient.Connect(path);
            Action<TopSnapshot> show = parsed.GetValue(json) ? static seen => Console.Out.WriteLine(seen.ToJson()) : static seen => Console.Out.Write(TopView.Text(seen));
            try
            {
                if (parsed.GetValue(once)) Once(client, show, stop.Token);
                else if (parsed.GetValue(json) || Console.IsOutputRedirected) Follow(client, show, stop.Token);
                else Live(client, stop.Token);
            }
            catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
            {
                // The code says it.
            }

            return stop.Code;
        }));
        return command;
    }

    private static string Choose(int? pid, string? socket)
    {
        if (socket is not null && pid is not null)
            throw new ArgumentException(WorkspaceException.Compose("attach to a process", "workspaces top", "--pid and --socket are both given", "give one of them"));
        if (socket is not null) return socket;
        if (pid is { } number) return TopSockets.PathOf(number);
        IReadOnlyList<int> processes = TopSockets.Processes();
        if (processes.Count == 1) return TopSockets.PathOf(processes[0]);
        string found = processes.Count == 0
            ? $"no process listens in '{TopSockets.Folder}'"
            : $"{processes.Count} processes listen: {string.Join(", ", processes.Select(static process => process.ToString(CultureInfo.InvariantCulture)))}";
        throw new ArgumentException(WorkspaceException.Compose(
            "attach to a process", "workspaces top", found, processes.Count == 0 ? "start one with WorkspaceTop:Enabled=true, or give --socket" : "give --pid"));
    }

    private static void Once(TopClient client, Action<TopSnapshot> show, CancellationToken cancellation)
    {
        TopSnapshot first = Read(client, cancellation) ?? throw new IOException(WorkspaceException.Compose(
            "read from a process", "workspaces top", "it ended before it showed anything", "start it again"));
        show(Read(client, cancellation) ?? first);
    }

    private static void Follow(TopClient client, Action<TopSnapshot> show, CancellationToken cancellation)
    {
        while (Read(client, cancellation) is { } seen)
        {
            show(seen);
            Console.Out.Flush();
        }
    }

    private static void Live(TopClient client, CancellationToken cancellation)
    {
        TopSnapshot? last = null;
        AnsiConsole.Live(new Text("attaching")).Start(context =>
        {
            while (Read(client, cancellation) is { } seen)
            {
                last = seen;
                context.UpdateTarget(TopView.Of(seen));
            }
        });
        if (last is not null) Console.Out.WriteLine($"process {last.Pid} has ended");
    }

    private static TopSnapshot? Read(TopClient client, CancellationToken cancellation) => client.ReadAsync(cancellation).GetAwaiter().GetResult();
}
