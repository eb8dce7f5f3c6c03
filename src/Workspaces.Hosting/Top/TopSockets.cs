using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Workspaces.Memory;

namespace Workspaces.Hosting.Top;

/// <summary>
/// Where the sockets of <c>workspaces top</c> are: <c>$XDG_RUNTIME_DIR/workspaces/PID.sock</c>, or without that variable <c>workspaces-USER/PID.sock</c> in the folder for
/// temporary files. The folder and the sockets belong to the user alone.
/// </summary>
public static class TopSockets
{
    /// <summary>Bytes of a path that systems take in the address of a socket, with its end; 104 on macOS, 108 elsewhere.</summary>
    private const int LongestPath = 103;

    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder of this user, which need not exist.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Directory.Exists(runtime)
        ? Path.Combine(runtime, "workspaces")
        : Path.Combine(Path.GetTempPath(), $"workspaces-{Environment.UserName}");

    /// <summary>The socket of a process of this user, whether it has one or not.</summary>
    /// <param name="pid">Number of the process.</param>
    /// <returns>The path.</returns>
    public static string PathOf(int pid) => Path.Combine(Folder, pid.ToString(CultureInfo.InvariantCulture) + ".sock");

    /// <summary>The processes of this user that are alive and listen, by number. A socket that was left behind is none, also when another process has its number by now.</summary>
    /// <returns>Their numbers.</returns>
    /// <exception cref="IOException">The folder of this user is open to others.</exception>
    public static IReadOnlyList<int> Processes()
    {
        if (Directory.Exists(Folder)) RequirePrivate(Folder, $"look for processes in '{Folder}'");
        return [.. Sockets(Folder).Where(static socket => IsAlive(socket.Pid) && Answers(socket.Path)).Select(static socket => socket.Pid).Order()];
    }

    /// <summary>Makes the folder of a socket if it is ours to make, and takes sockets away whose processes are gone.</summary>
    /// <exception cref="IOException">The folder of this user is open to others.</exception>
    internal static void Prepare(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!string.Equals(folder, Folder, StringComparison.Ordinal)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, Own);
        RequirePrivate(folder, $"listen at '{path}'");
        foreach ((int pid, string stale) in Sockets(folder))
        {
            if (!IsAlive(pid)) File.Delete(stale);
        }
    }

    /// <summary>The full path.</summary>
    /// <exception cref="IOException">No socket can have it.</exception>
    internal static string Checked(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            throw Refused(path.Replace('\0', ' '), "that is no name of a file", "name one in WorkspaceTop:Socket or by --socket");
        string full = Path.GetFullPath(path);
        int bytes = Encoding.UTF8.GetByteCount(full);
        return bytes <= LongestPath
            ? full
            : throw Refused(full, $"its name has {bytes} bytes, and a socket's has at most {LongestPath}", "name a shorter one in WorkspaceTop:Socket and --socket");
    }

    internal static IOException Refused(string path, string numbers, string remedy, Exception? inner = null) =>
        new(WorkspaceException.Compose($"listen at '{path}'", "workspaces top", numbers, remedy), inner);

    private static IEnumerable<(int Pid, string Path)> Sockets(string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (string path in Directory.EnumerateFiles(folder, "*.sock"))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) yield return (pid, path);
        }
    }

    /// <summary>Somebody accepts there. A connection that ends at once costs the process one line.</summary>
    private static bool Answers(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return false; // also a path that no socket can have
        }
    }

    /// <summary>What lies in a folder that others may write to can be theirs: nothing there is listened to, and nothing put there.</summary>
    private static void RequirePrivate(string folder, string asked)
    {
        if (OperatingSystem.IsWindows()) return; // folders of a user are for that user there
        UnixFileMode mode = File.GetUnixFileMode(folder);
        if ((mode & ~Own) == 0) return;
        throw new IOException(WorkspaceException.Compose(
            asked, "workspaces top", $"others may use the folder '{folder}': its mode is {Convert.ToString((int)mode, 8)}",
            $"chmod 700 '{folder}', or name another place in WorkspaceTop:Socket and --socket"));
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return true; // it is there, and not ours to look at
        }
    }
}
