using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Workspaces.Memory;

namespace Workspaces.Hosting.Top;

/// <summary>Reads what a process shows. It trusts nothing that comes: lines have a limit, texts lose their control characters.</summary>
public sealed class TopClient : IDisposable
{
    private const int LongestLine = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;
    private byte[] _buffer = new byte[1 << 14];
    private int _count;

    private TopClient(string path) => _path = path;

    /// <summary>Connects to a process.</summary>
    /// <param name="path">Its socket.</param>
    /// <returns>The client.</returns>
    /// <exception cref="IOException">Nobody listens there.</exception>
    public static TopClient Connect(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var client = new TopClient(TopSockets.Checked(path));
        try
        {
            client._socket.Connect(new UnixDomainSocketEndPoint(client._path));
            return client;
        }
        catch (SocketException error)
        {
            client.Dispose();
            throw new IOException(
                WorkspaceException.Compose(
                    $"attach to '{path}'", "workspaces top", $"nobody listens there ({WhyNot(client._path, error)})",
                    "start that process with WorkspaceTop:Enabled=true, and attach as the same user"),
                error);
        }
    }

    /// <summary>Waits for the next line, which comes about once a second.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The snapshot, or null when the process has ended.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="IOException">The process does not answer, or refuses.</exception>
    /// <exception cref="InvalidDataException">What it says is no snapshot.</exception>
    public async Task<TopSnapshot?> ReadAsync(CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                int end = Array.IndexOf(_buffer, (byte)'\n', 0, _count);
                if (end >= 0) return Take(end);
                if (_count == LongestLine) throw Strange($"a line has more than {LongestLine} bytes");
                if (_count == _buffer.Length) Array.Resize(ref _buffer, Math.Min(2 * _buffer.Length, LongestLine));
                int read = await _socket.ReceiveAsync(_buffer.AsMemory(_count), SocketFlags.None, patience.Token).ConfigureAwait(false);
                if (read == 0) return null;
                _count += read;
            }
        }
        catch (SocketException)
        {
            return null; // it ended while a line was under way
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(WorkspaceException.Compose(
                $"read from '{_path}'", "workspaces top", $"nothing came for {Patience.TotalSeconds} seconds", "see whether the process is stopped"));
        }
    }

    /// <summary>Disconnects.</summary>
    public void Dispose() => _socket.Dispose();

    private TopSnapshot Take(int end)
    {
        TopSnapshot? snapshot;
        try
        {
            snapshot = JsonSerializer.Deserialize(_buffer.AsSpan(0, end), TopJson.Default.TopSnapshot);
        }
        catch (JsonException error)
        {
            throw Strange(error.Message.TrimEnd('.'));
        }

        _count -= end + 1;
        Buffer.BlockCopy(_buffer, end + 1, _buffer, 0, _count);
        if (snapshot is null) throw Strange("a line is no snapshot");
        if (snapshot.Version != 1) throw Strange($"its lines are of version {snapshot.Version}, known is 1");
        if (snapshot.Refusal is { } refusal) throw new IOException(Plain(refusal));
        if (HasHole(snapshot.Workspaces) || HasHole(snapshot.Pools) || HasHole(snapshot.Findings)) throw Strange("a line is no snapshot");
        return snapshot with
        {
            Process = Plain(snapshot.Process),
            Workspaces = [.. snapshot.Workspaces.Select(static row => row with { Name = Plain(row.Name) })],
            Pools = [.. snapshot.Pools.Select(static pool => pool with { Name = Plain(pool.Name) })],
            Findings = [.. snapshot.Findings.Select(static finding =>
                new TopFinding(Plain(finding.Code), Plain(finding.Severity), Plain(finding.Workspace), Plain(finding.Text)))],
        };
    }

    /// <summary>JSON can say null where the types here cannot.</summary>
    private static bool HasHole(IEnumerable<object?>? rows) => rows is null || rows.Contains(null);

    /// <summary>Some systems say of a path without a file that an address cannot be assigned, which helps nobody.</summary>
    private static string WhyNot(string path, SocketException error) => !Path.Exists(path)
        ? "there is no such file"
        : error.SocketErrorCode == SocketError.ConnectionRefused ? "its process is gone, or it is no socket" : error.SocketErrorCode.ToString();

    private InvalidDataException Strange(string numbers) => new(WorkspaceException.Compose(
        $"read from '{_path}'", "workspaces top", numbers, "attach to a process that runs the same version of Workspaces"));

    /// <summary>A terminal obeys control characters, and some characters turn or hide those after them, so none of these passes.</summary>
    private static string Plain(string? text) =>
        text is null ? "" : string.Create(text.Length, text, static (result, text) =>
        {
            for (int i = 0; i < result.Length; i++) result[i] = IsObeyed(text[i]) ? ' ' : text[i];
        });

    private static bool IsObeyed(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
