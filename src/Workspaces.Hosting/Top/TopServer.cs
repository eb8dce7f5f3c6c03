using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Workspaces.Hosting.Logging;
using Workspaces.Memory;

namespace Workspaces.Hosting.Top;

/// <summary>
/// Shows this process to <c>workspaces top</c> of the same user: a local socket that sends one line of JSON a second to whoever connects, and reads nothing. At most
/// <see cref="MostClients"/> are served at a time, and one that does not take its lines within two seconds is dropped, so no client can hold the process up.
/// </summary>
/// <remarks>While no client is connected, it counts what trainers do and does nothing else.</remarks>
public sealed class TopServer : IDisposable
{
    /// <summary>Clients that are served at a time; more are told so and sent away.</summary>
    public const int MostClients = 8;

    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _patience;
    private readonly Socket _socket;
    private readonly TopFeed _feed = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _clients;
    private bool _disposed;

    private TopServer(Socket socket, string path, TimeSpan interval, TimeSpan patience)
    {
        _socket = socket;
        _interval = interval;
        _patience = patience;
        Path = path;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>The socket.</summary>
    public string Path { get; }

    /// <summary>Clients that are served now.</summary>
    public int Clients => Volatile.Read(ref _clients);

    /// <summary>Begins to listen.</summary>
    /// <param name="path">The socket; null for that of this process, see <see cref="TopSockets"/>.</param>
    /// <returns>The server; dispose it to stop.</returns>
    /// <exception cref="IOException">There is no room for the socket: the path is too long, taken, or in a folder that is not there or not ours.</exception>
    public static TopServer Start(string? path = null) => Start(path, TimeSpan.FromSeconds(1));

    /// <summary>The same with other times, for tests.</summary>
    internal static TopServer Start(string? path, TimeSpan interval, TimeSpan? patience = null)
    {
        string full = TopSockets.Checked(path ?? TopSockets.PathOf(Environment.ProcessId));
        try
        {
            TopSockets.Prepare(full);
            TakeOver(full);
            return new TopServer(Listen(full), full, interval, patience ?? TimeSpan.FromSeconds(2));
        }
        catch (Exception error) when (error is SocketException or UnauthorizedAccessException or DirectoryNotFoundException)
        {
            string why = error is SocketException ? WhyNot(full, error) : error.Message.TrimEnd('.');
            throw TopSockets.Refused(full, why, "name a place in WorkspaceTop:Socket where this user may make files", error);
        }
    }

    /// <summary>Begins to listen if the options want it. What stands in the way is logged, and no reason to fail.</summary>
    /// <param name="options">The section <c>WorkspaceTop</c>.</param>
    /// <param name="log">Is told where it listens, or why it does not.</param>
    /// <param name="path">The socket; null for the one of the options.</param>
    /// <returns>The server, or null.</returns>
    public static TopServer? TryStart(TopOptions options, ILogger log, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Enabled) return null;
        try
        {
            TopServer server = Start(path ?? options.Socket);
            log.TopListens(server.Path);
            return server;
        }
        catch (IOException error)
        {
            log.TopRefused(error.Message);
            return null;
        }
    }

    /// <summary>Stops, sends clients away and takes the socket out of its folder. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        _stop.Cancel();
        _socket.Dispose();
        _accepting.Wait();
        SpinWait.SpinUntil(() => Clients == 0, _patience);
        _feed.Dispose();
        File.Delete(Path);
    }

    /// <summary>A socket that nobody listens at was left behind by a process that is gone; anything else stays.</summary>
    private static void TakeOver(string path)
    {
        if (!System.IO.Path.Exists(path)) return;
        if (Directory.Exists(path) || IsOrdinaryFile(path))
            throw TopSockets.Refused(path, "there is a file or a folder of that name", "take it away, or name another place in WorkspaceTop:Socket");
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }

        throw TopSockets.Refused(path, "somebody listens there already", "stop that one, or name another place in WorkspaceTop:Socket");
    }

    /// <summary>A socket cannot be opened as a file.</summary>
    private static bool IsOrdinaryFile(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Sockets do not tell a folder that is not there, or is one to read only, from other troubles; files do.</summary>
    private static string WhyNot(string path, Exception error)
    {
        try
        {
            File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose).Dispose();
            return error.Message.TrimEnd('.');
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return refused.Message.TrimEnd('.');
        }
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, Own); // before it listens, so that nobody else is ever let in
            socket.Listen(MostClients);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // As when the process has no handle left: it is tried again, not at once.
                if (_stop.IsCancellationRequested) return;
                await Task.Delay(_interval).ConfigureAwait(false);
                continue;
            }

            if (Interlocked.Increment(ref _clients) <= MostClients) _ = Task.Run(() => ServeAsync(client), CancellationToken.None);
            else SendAway(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            TopSnapshot? before = null;
            while (true)
            {
                TopSnapshot now = _feed.Take();
                await SendAsync(client, now.Since(before).ToLine()).ConfigureAwait(false);
                before = now;
                await Task.Delay(_interval, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It is gone, or takes nothing, or we stop.
        }
        finally
        {
            client.Dispose();
            Interlocked.Decrement(ref _clients);
        }
    }

    private async Task SendAsync(Socket client, byte[] line)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(_patience);
        for (ReadOnlyMemory<byte> rest = line; rest.Length > 0;)
            rest = rest[await client.SendAsync(rest, SocketFlags.None, patience.Token).ConfigureAwait(false)..];
    }

    private void SendAway(Socket client)
    {
        try
        {
            client.Blocking = false;
            client.Send(_feed.Refuse(WorkspaceException.Compose(
                "show this process", "workspaces top", $"{MostClients} are served already", "close one of them and try again")).ToLine());
        }
        catch (SocketException)
        {
            // It is gone already.
        }
        finally
        {
            client.Dispose();
            Interlocked.Decrement(ref _clients);
        }
    }
}
