using System.Net.Sockets;
using System.Text;
using Workspaces.Hosting.Top;
using Workspaces.Memory;
using Workspaces.Memory.Telemetry;
using Workspaces.Tests.IO;
using Workspaces.Tests.Telemetry;

namespace Workspaces.Tests.Top;

/// <summary>The socket that <c>workspaces top</c> attaches to: what it shows, and that no client can do harm.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TopServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Place => Path.Combine(_folder.Path, "top.sock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_client_sees_workspaces_and_pools_with_rates_from_the_second_line_on()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "top-seen" });
        using var pool = new WorkspacePool(manager, new() { Name = "top-pool" }, 2);
        string label = WorkspaceRegister.LabelOf("top-seen");
        using TopServer server = TopServer.Start(Place, TimeSpan.FromMilliseconds(150));
        using TopClient client = TopClient.Connect(Place);
        TopSnapshot first = (await client.ReadAsync())!;
        for (int i = 0; i < 3; i++) Watched.Pass(workspace, 1000);
        TopWorkspace before = first.Workspaces.Single(row => row.Name == label), after;
        TopSnapshot second;
        double fastest = 0;
        do
        {
            second = (await client.ReadAsync())!; // a line may be made while passes still run
            after = second.Workspaces.Single(row => row.Name == label);
            Assert.NotNull(after.PassesPerSecond);
            fastest = Math.Max(fastest, after.PassesPerSecond.Value);
        }
        while (after.PlannedPasses + after.LearningPasses < before.PlannedPasses + before.LearningPasses + 3);

        Assert.Equal(Environment.ProcessId, first.Pid);
        Assert.Null(before.PassesPerSecond);
        Assert.True(fastest > 0);
        Assert.Equal(3, after.PlannedPasses + after.LearningPasses - before.PlannedPasses - before.LearningPasses);
        Assert.Equal(after.CommittedBytes, after.AllocatedBytes + after.UnreferencedBytes + after.FreeBytes + after.BookkeepingBytes);
        Assert.Contains(second.Pools, static row => row is { Capacity: 2, Rented: 0 });
        Assert.True(second.ManagedBytes > 0 && second.WorkingSetBytes > 0);
    }

    [Fact]
    public void The_socket_is_for_its_user_alone_and_goes_with_the_server()
    {
        using (TopServer server = TopServer.Start(Place))
        {
            Assert.Equal(Place, server.Path);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Place));
        }

        Assert.False(Path.Exists(Place));
    }

    [Fact]
    public void A_socket_that_was_left_behind_is_replaced_and_one_that_is_used_is_not()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(Place));
            File.Move(Place, Place + ".old"); // a socket that is closed takes its file away, unless it cannot find it
        }

        File.Move(Place + ".old", Place);
        Assert.True(Path.Exists(Place));
        using TopServer server = TopServer.Start(Place);
        AssertRefusal(Assert.Throws<IOException>(() => TopServer.Start(Place)), "somebody listens there already");
    }

    [Fact]
    public void Files_folders_and_absurd_names_are_refused_and_left_alone()
    {
        File.WriteAllText(Place, "mine");
        AssertRefusal(Assert.Throws<IOException>(() => TopServer.Start(Place)), "there is a file or a folder of that name");
        Assert.Equal("mine", File.ReadAllText(Place));
        AssertRefusal(Assert.Throws<IOException>(() => TopServer.Start(_folder.Path)), "there is a file or a folder of that name");
        AssertRefusal(Assert.Throws<IOException>(() => TopServer.Start(Path.Combine(_folder.Path, new string('x', 120)))), "bytes, and a socket's has at most");
        AssertRefusal(Assert.Throws<IOException>(() => TopServer.Start(Path.Combine(_folder.Path, "nowhere", "top.sock"))), "Could not find a part of the path");
        AssertRefusal(Assert.Throws<IOException>(() => TopServer.Start(Path.Combine(Place, "top.sock"))), "Could not find a part of the path"); // a socket calls it an unknown error
    }

    [Fact]
    public void Nobody_listening_is_said_in_four_parts() => AssertRefusal(Assert.Throws<IOException>(() => TopClient.Connect(Place)), "nobody listens there");

    [Fact]
    public async Task Garbage_from_a_client_is_never_read_and_others_are_served()
    {
        using TopServer server = TopServer.Start(Place, TimeSpan.FromMilliseconds(20));
        using Socket noisy = Connect();
        noisy.Blocking = false;
        var garbage = new byte[1 << 16];
        new Random(1).NextBytes(garbage);
        SocketError refusal;
        do noisy.Send(garbage, 0, garbage.Length, SocketFlags.None, out refusal);
        while (refusal == SocketError.Success); // until the system holds no more of it

        Assert.Equal(SocketError.WouldBlock, refusal);

        using TopClient client = TopClient.Connect(Place);
        for (int i = 0; i < 3; i++) Assert.NotNull(await client.ReadAsync());
    }

    [Fact]
    public async Task A_client_that_never_reads_is_dropped_and_others_are_served()
    {
        using TopServer server = TopServer.Start(Place, TimeSpan.FromMilliseconds(1), patience: TimeSpan.FromMilliseconds(100));
        using Socket silent = Connect();
        Assert.True(SpinWait.SpinUntil(() => server.Clients == 1, TimeSpan.FromSeconds(30)));
        Assert.True(SpinWait.SpinUntil(() => server.Clients == 0, TimeSpan.FromSeconds(60)));
        using TopClient client = TopClient.Connect(Place);
        Assert.NotNull(await client.ReadAsync());
    }

    [Fact]
    public async Task A_hundred_clients_are_told_that_there_are_too_many_and_leave_room_when_they_go()
    {
        using TopServer server = TopServer.Start(Place, TimeSpan.FromMilliseconds(20));
        var clients = new List<TopClient>();
        int served = 0, refused = 0;
        for (int i = 0; i < 100; i++) clients.Add(TopClient.Connect(Place));
        foreach (TopClient client in clients)
        {
            try
            {
                if (await client.ReadAsync() is not null) served++;
            }
            catch (IOException error)
            {
                AssertRefusal(error, "8 are served already");
                refused++;
            }
        }

        Assert.InRange(served, 1, TopServer.MostClients);
        Assert.Equal(100, served + refused);
        foreach (TopClient client in clients) client.Dispose();
        Assert.True(SpinWait.SpinUntil(() => server.Clients == 0, TimeSpan.FromSeconds(30)));
        using TopClient last = TopClient.Connect(Place);
        Assert.NotNull(await last.ReadAsync());
    }

    [Fact]
    public async Task Clients_that_come_and_go_leave_nothing()
    {
        using TopServer server = TopServer.Start(Place, TimeSpan.FromMilliseconds(5));
        for (int i = 0; i < 200; i++) Connect().Dispose();
        Assert.True(SpinWait.SpinUntil(() => server.Clients == 0, TimeSpan.FromSeconds(30)));
        using TopClient client = TopClient.Connect(Place);
        Assert.NotNull(await client.ReadAsync());
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_clients()
    {
        TopServer server = TopServer.Start(Place, TimeSpan.FromMilliseconds(20));
        using TopClient client = TopClient.Connect(Place);
        await client.ReadAsync();
        server.Dispose();
        server.Dispose();
        while (await client.ReadAsync() is not null)
        {
        }

        Assert.False(Path.Exists(Place));
    }

    [Theory]
    [InlineData("hello\n", "read from")]
    [InlineData("{\"version\":7}\n", "version 7")]
    [InlineData("{}\n", "version 0")]
    [InlineData("null\n", "no snapshot")]
    [InlineData("{\"version\":1,\"workspaces\":null,\"pools\":[],\"findings\":[]}\n", "no snapshot")]
    [InlineData("{\"version\":1,\"workspaces\":[null],\"pools\":[],\"findings\":[]}\n", "no snapshot")]
    [InlineData("[1,2]\n", "read from")]
    public async Task A_server_that_lies_is_found_out(string said, string part)
    {
        using Socket liar = Liar();
        using TopClient client = TopClient.Connect(Place);
        using Socket end = await liar.AcceptAsync();
        end.Send(Encoding.UTF8.GetBytes(said));
        Exception error = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            while (true) await client.ReadAsync();
        });
        AssertRefusal(error, part);
    }

    [Fact]
    public async Task A_line_without_an_end_is_refused()
    {
        using Socket liar = Liar();
        using TopClient client = TopClient.Connect(Place);
        using Socket end = await liar.AcceptAsync();
        Task<InvalidDataException> refused = Assert.ThrowsAsync<InvalidDataException>(() => client.ReadAsync());
        var part = new byte[1 << 16];
        Array.Fill(part, (byte)'x');
        for (int sent = 0; sent < (1 << 20) && !refused.IsCompleted; sent += part.Length) await end.SendAsync(part);

        AssertRefusal(await refused, "a line has more than");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\":1,\"pid\":4")]
    public async Task A_process_that_is_killed_in_the_middle_of_a_line_has_ended(string half)
    {
        using Socket liar = Liar();
        using TopClient client = TopClient.Connect(Place);
        using (Socket end = await liar.AcceptAsync()) end.Send(Encoding.UTF8.GetBytes(half));

        Assert.Null(await client.ReadAsync());
    }

    [Theory]
    [InlineData("", "that is no name of a file")]
    [InlineData("a\0b", "that is no name of a file")]
    public void A_name_that_is_none_is_refused(string path, string part)
    {
        AssertRefusal(Assert.Throws<IOException>(() => TopClient.Connect(path)), part);
        AssertRefusal(Assert.Throws<IOException>(() => TopServer.Start(path)), part);
    }

    [Fact]
    public void A_file_that_is_no_socket_and_a_path_without_a_file_are_told_apart()
    {
        AssertRefusal(Assert.Throws<IOException>(() => TopClient.Connect(Place)), "there is no such file");
        File.WriteAllText(Place, "no socket");
        AssertRefusal(Assert.Throws<IOException>(() => TopClient.Connect(Place)), "its process is gone, or it is no socket");
    }

    [Fact]
    public async Task What_terminals_obey_is_taken_out_of_names()
    {
        using Socket liar = Liar();
        using TopClient client = TopClient.Connect(Place);
        using Socket end = await liar.AcceptAsync();
        end.Send(new TopSnapshot { Process = "\u001b[2Jx", Workspaces = [new() { Name = "a\u0007[red]b" }], Findings = [new("C", "Warning", "w\u202e", "t\nu\u2028v")] }.ToLine());
        TopSnapshot seen = (await client.ReadAsync())!;

        Assert.Equal((" [2Jx", "a [red]b", "w ", "t u v"), (seen.Process, seen.Workspaces[0].Name, seen.Findings[0].Workspace, seen.Findings[0].Text));
    }

    private static void AssertRefusal(Exception error, string part)
    {
        Assert.Contains("workspaces top", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy:", error.Message, StringComparison.Ordinal);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Place));
        return socket;
    }

    private Socket Liar()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Place));
        socket.Listen();
        return socket;
    }
}
