using Workspaces.Memory;
using Workspaces.Memory.Scratch;

namespace Workspaces.Tests.Memory;

/// <summary>Scratch of kernels: stacks that rewind when their op ends.</summary>
public sealed unsafe class ScratchTests : IDisposable
{
    private const int MiB = 1 << 20;
    private readonly List<ScratchPool> _pools = [];

    public void Dispose()
    {
        foreach (ScratchPool pool in _pools) pool.Close();
    }

    [Fact]
    public void Takes_of_one_op_lie_apart_and_aligned()
    {
        ScratchPool pool = Make();
        using ScratchLease lease = pool.Rent();
        Span<float> a = lease.Take<float>(100);
        Span<byte> b = lease.Take<byte>(1);
        Span<double> c = lease.Take<double>(5);
        a.Fill(1);
        b.Fill(2);
        c.Fill(3);
        Assert.True(a.IndexOfAnyExcept(1f) < 0);
        Assert.Equal(2, b[0]);
        Assert.Equal(0, Address(a) % 64);
        Assert.Equal(0, Address(b) % 64);
        Assert.Equal(448 + 64 + 64, lease.TakenBytes);
        Assert.Equal(lease.TakenBytes, pool.Memory.Allocated);
    }

    [Fact]
    public void The_end_of_an_op_rewinds_and_the_next_op_has_the_same_bytes()
    {
        ScratchPool pool = Make();
        long first = 0;
        for (int i = 0; i < 10; i++)
        {
            using ScratchLease lease = pool.Rent();
            long address = Address(lease.Take<byte>(1000 + i));
            if (i == 0) first = address;
            Assert.Equal(first, address);
        }

        Assert.Equal(0, pool.Memory.Allocated);
        Assert.Equal(1024, pool.PeakBytes);
        Assert.Equal(1, pool.SystemCalls);
    }

    [Fact]
    public void Growth_inside_an_op_moves_nothing()
    {
        ScratchPool pool = Make();
        using ScratchLease lease = pool.Rent();
        Span<byte> small = lease.Take<byte>(100);
        small.Fill(7);
        Span<byte> large = lease.Take<byte>(20 * MiB);
        large.Fill(8);
        Assert.True(small.IndexOfAnyExcept((byte)7) < 0);
        Assert.True(lease.Take<byte>(0).IsEmpty);
    }

    [Fact]
    public void Ops_at_the_same_time_have_stacks_of_their_own()
    {
        ScratchPool pool = Make();
        using (ScratchLease a = pool.Rent())
        using (ScratchLease b = pool.Rent())
        {
            Span<byte> ofA = a.Take<byte>(1000), ofB = b.Take<byte>(1000);
            ofA.Fill(1);
            ofB.Fill(2);
            Assert.True(ofA.IndexOfAnyExcept((byte)1) < 0);
            Assert.Equal(2048, pool.Memory.Allocated);
        }

        using (ScratchLease c = pool.Rent())
        using (ScratchLease d = pool.Rent())
            Assert.NotEqual(Address(c.Take<byte>(1)), Address(d.Take<byte>(1)));
        Assert.Equal(2048, pool.PeakBytes);
    }

    [Fact]
    public void Many_threads_never_share_scratch()
    {
        ScratchPool pool = Make();
        using var barrier = new Barrier(4);
        Task[] tasks = [.. Enumerable.Range(1, 4).Select(number => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                for (int i = 0; i < 2_000; i++)
                {
                    using ScratchLease lease = pool.Rent();
                    Span<byte> span = lease.Take<byte>(256);
                    span.Fill((byte)number);
                    Assert.True(span.IndexOfAnyExcept((byte)number) < 0);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Outside.Join(tasks);
        Assert.Equal(0, pool.Memory.Allocated);
    }

    [Fact]
    public void The_cap_is_exact_and_holds_over_all_stacks()
    {
        ScratchPool pool = Make(new WorkspaceConfiguration { Name = "scratch", MaxSize = MiB });
        using ScratchLease lease = pool.Rent();
        lease.Take<byte>((MiB / 2) + 1);
        OutOfWorkspaceException? error = Catch(lease, MiB / 2);
        Assert.Contains("MaxSize", error!.Message, StringComparison.Ordinal);
        Assert.Equal((MiB / 2) + 64, lease.TakenBytes);
        lease.Take<byte>((MiB / 2) - 64);
        using ScratchLease other = pool.Rent();
        Assert.NotNull(Catch(other, 64));
        Assert.InRange(pool.Memory.Committed - pool.Memory.Bookkeeping, 0, MiB);
    }

    [Fact]
    public void Trim_frees_idle_stacks_only()
    {
        ScratchPool pool = Make();
        using ScratchLease held = pool.Rent();
        held.Take<byte>(100).Fill(3);
        using (ScratchLease idle = pool.Rent()) idle.Take<byte>(3 * MiB);
        Assert.True(pool.Trim() >= 3 * MiB);
        Assert.Equal(0, pool.Trim());
        Assert.True(pool.Memory.Committed < 2 * MiB);
        using ScratchLease again = pool.Rent();
        Assert.True(again.Take<byte>(100).IndexOfAnyExcept((byte)0xFF) < 0);
    }

    [Fact]
    public void Sizes_that_overflow_or_are_negative_are_errors_and_change_nothing()
    {
        ScratchPool pool = Make();
        using ScratchLease lease = pool.Rent();
        lease.Take<byte>(64);
        Exception? negative = null;
        try
        {
            lease.Take<double>(-1);
        }
        catch (ArgumentOutOfRangeException error)
        {
            negative = error;
        }

        Assert.NotNull(negative);
        Assert.Equal(64, lease.TakenBytes);
    }

    [Fact]
    public void Disposing_a_lease_twice_does_not_hand_one_stack_to_two_ops()
    {
        ScratchPool pool = Make();
        ScratchLease lease = pool.Rent();
        lease.Dispose();
        lease.Dispose();
        using ScratchLease a = pool.Rent();
        using ScratchLease b = pool.Rent();
        Assert.NotEqual(Address(a.Take<byte>(8)), Address(b.Take<byte>(8)));
    }

    [Fact]
    public void Scratch_of_a_running_op_outlives_its_pool()
    {
        ScratchPool pool = Make();
        ScratchLease lease = pool.Rent();
        Span<byte> span = lease.Take<byte>(1000);
        pool.Close();
        span.Fill(9);
        Assert.True(span.IndexOfAnyExcept((byte)9) < 0);
        lease.Dispose();
        Assert.Equal(0, pool.Memory.Committed);
        Assert.Throws<ObjectDisposedException>(() => { pool.Rent(); });
        pool.Close();
    }

    private ScratchPool Make(WorkspaceConfiguration? configuration = null)
    {
        _pools.Add(new ScratchPool(configuration));
        return _pools[^1];
    }

    private static OutOfWorkspaceException? Catch(ScratchLease lease, int bytes)
    {
        try
        {
            lease.Take<byte>(bytes);
            return null;
        }
        catch (OutOfWorkspaceException error)
        {
            return error;
        }
    }

    private static long Address<T>(Span<T> span)
        where T : unmanaged
    {
        fixed (T* first = span) return (long)first;
    }
}
