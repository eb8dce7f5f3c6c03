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
            bool isJson = parsed.GetValue(json);
            Action<TopSnapshot> show = isJson ? static seen => Console.Out.WriteLine(seen.ToJson()) : static seen => Console.Out.Write(TopView.Text(seen, Width()));
            try
            {
                if (parsed.GetValue(once)) Once(client, show, stop.Token);
                else if (isJson) Follow(client, show, stop.Token);
                else if (CanDraw()) Live(client, stop.Token);
                else FollowText(client, stop.Token);
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
        if (socket is not null && pid is not null) throw Refused("--pid and --socket are both given", "give one of them");
        if (socket is not null) return socket;
        IReadOnlyList<int> processes = TopSockets.Processes();
        if (pid is { } number)
        {
            return processes.Contains(number) ? TopSockets.PathOf(number) : throw Refused(
                $"nobody listens there for process {Numbers([number])}: it is gone, or another user's, or was started without a socket; {Listening(processes)}",
                "start it with WorkspaceTop:Enabled=true, or give the number of one that listens");
        }

        if (processes.Count == 1) return TopSockets.PathOf(processes[0]);
        throw Refused(Listening(processes), processes.Count == 0 ? "start one with WorkspaceTop:Enabled=true, or give --socket" : "give --pid");
    }

    private static string Listening(IReadOnlyList<int> processes) => processes.Count switch
    {
        0 => $"no process listens in '{TopSockets.Folder}'",
        1 => $"1 process listens: {Numbers(processes)}",
        _ => $"{processes.Count} processes listen: {Numbers(processes)}",
    };

    private static string Numbers(IReadOnlyList<int> processes) => string.Join(", ", processes.Select(static process => process.ToString(CultureInfo.InvariantCulture)));

    private static ArgumentException Refused(string numbers, string remedy) => new(WorkspaceException.Compose("attach to a process", "workspaces top", numbers, remedy));

    /// <summary>A terminal that understands how to go back to its first line. TERM=dumb does not, and files are none.</summary>
    private static bool CanDraw() => !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;

    /// <summary>Cells of a line; as many as it takes where there is no terminal, or one that does not know.</summary>
    private static int Width() => Console.IsOutputRedirected || Console.WindowWidth <= 0 ? int.MaxValue : Console.WindowWidth;

    private static void Once(TopClient client, Action<TopSnapshot> show, CancellationToken cancellation)
    {
        TopSnapshot first = Read(client, cancellation) ?? throw new IOException(WorkspaceException.Compose(
            "read from a process", "workspaces top", "it ended before it showed anything", "start it again"));
        show(Read(client, cancellation) ?? first);
    }

    /// <summary>The number of the process, if it showed anything before it ended.</summary>
    private static int? Follow(TopClient client, Action<TopSnapshot> show, CancellationToken cancellation)
    {
        int? pid = null;
        while (Read(client, cancellation) is { } seen)
        {
            show(seen);
            Console.Out.Flush();
            pid = seen.Pid;
        }

        return pid;
    }

    /// <summary>Blocks of text with an empty line between them.</summary>
    private static void FollowText(TopClient client, CancellationToken cancellation) =>
        SayEnd(Follow(client, static seen => Console.Out.WriteLine(TopView.Text(seen, Width())), cancellation));

    private static void Live(TopClient client, CancellationToken cancellation)
    {
        using var keys = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        TopSnapshot? last = null;
        int? pid;
        try
        {
            bool hasColours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
            using var screen = new TopScreen(Console.Out, static () => (Console.WindowWidth, Console.WindowHeight), hasColours);
            screen.Draw(static (_, _) => [new("attaching (q ends it)")]);
            if (!Console.IsInputRedirected) new Thread(() => WaitForKey(keys)) { IsBackground = true }.Start();
            pid = Follow(client, seen => Show(screen, last = seen), keys.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return; // q
        }

        if (last is not null) Console.Out.Write(TopView.Text(last, Width()));
        SayEnd(pid);
    }

    private static void Show(TopScreen screen, TopSnapshot seen) => screen.Draw((width, height) => TopView.Lines(seen, width, height));

    /// <summary>While a key is waited for, the terminal shows none that is pressed.</summary>
    private static void WaitForKey(CancellationTokenSource keys)
    {
        try
        {
            while (Console.ReadKey(intercept: true).KeyChar is not ('q' or 'Q'))
            {
            }

            keys.Cancel();
        }
        catch (Exception error) when (error is ObjectDisposedException or InvalidOperationException)
        {
            // It has ended meanwhile, or the terminal is gone.
        }
    }

    private static void SayEnd(int? pid) =>
        Console.Out.WriteLine(pid is { } number ? $"process {Numbers([number])} has ended" : "the process ended before it showed anything");

    private static TopSnapshot? Read(TopClient client, CancellationToken cancellation) => client.ReadAsync(cancellation).GetAwaiter().GetResult();
}
