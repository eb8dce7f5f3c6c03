using Workspaces.Memory.Passes;

namespace Workspaces.Tests.Memory;

/// <summary>The biased gate: whoever enters, and whoever owns it, one thread is inside at a time.</summary>
public sealed class GateTests
{
    private const int Rounds = 20_000;
    private Gate<BlockGate> _gate = new();
    private Gate<BlockGate> _other = new();
    private long _plain;

    [Fact]
    public void The_first_thread_that_opens_becomes_the_owner()
    {
        FlowThread me = FlowThread.Current;
        Assert.False(_gate.TryEnterAsOwner(me));
        Open();
        Assert.True(_gate.IsOwner(me));
        Assert.False(_gate.IsOwnedByOther());
        Assert.True(_gate.TryEnterAsOwner(me));
        Gate<BlockGate>.ExitAsOwner(me);
    }

    [Fact]
    public void Another_thread_deposes_the_owner_and_a_gate_that_changes_hands_rarely_takes_one()
    {
        FlowThread me = FlowThread.Current;
        int owned = 0;
        for (int i = 0; i < 1000; i++)
        {
            Open();
            if (_gate.IsOwner(me)) owned++;
            OnOther(() => { using (_gate.Enter()) _plain++; });
            Assert.False(_gate.IsOwner(me));
        }

        Assert.Equal(1000, _plain);
        Assert.Equal(5, owned); // at the openings 1, 5, 21, 85 and 341
    }

    [Fact]
    public void After_some_openings_in_a_row_there_is_an_owner_again()
    {
        Open();
        OnOther(() => _gate.Share());
        for (int i = 0; i < 3; i++) Open();
        Assert.False(_gate.IsOwner(FlowThread.Current));
        Open();
        Assert.True(_gate.IsOwner(FlowThread.Current));
    }

    [Fact]
    public void While_a_third_thread_deposes_the_owner_an_op_still_finds_that_its_stores_are_not_ordered()
    {
        Open();
        FlowThread me = FlowThread.Current;
        Assert.True(_gate.TryEnterAsOwner(me));
        var deposing = new Thread(() => { using (_gate.Enter()) _plain++; });
        deposing.Start();
        SpinWait.SpinUntil(() => !_gate.IsOwner(me));
        bool whileDeposed = false;
        OnOther(() => whileDeposed = _gate.IsOwnedByOther());
        Gate<BlockGate>.ExitAsOwner(me);
        deposing.Join();
        bool afterwards = true;
        OnOther(() => afterwards = _gate.IsOwnedByOther());
        Assert.True(whileDeposed);
        Assert.False(afterwards);
    }

    [Fact]
    public void A_gate_is_not_tried_successfully_while_its_owner_is_inside()
    {
        Open();
        using (_gate.Enter())
        {
            Assert.False(_gate.TryEnter());
            OnOther(() => Assert.False(_gate.TryEnter()));
            Assert.True(_gate.IsOwner(FlowThread.Current));
        }

        Assert.True(_gate.TryEnter());
        _gate.ExitShared();
        OnOther(() =>
        {
            Assert.True(_gate.TryEnter());
            _gate.ExitShared();
        });
    }

    [Fact]
    public void Inside_one_gate_a_second_one_of_the_same_owner_can_be_tried()
    {
        Open();
        Open(ref _other);
        using (_gate.Enter())
        {
            Assert.True(_other.TryEnter());
            _other.ExitShared();
            Assert.False(_gate.TryEnter());
        }
    }

    [Fact]
    public void Threads_that_enter_as_owner_as_others_and_by_trying_never_meet_inside()
    {
        using var begin = new Barrier(4);
        long tried = 0, shared = 0;
        var threads = new[]
        {
            new Thread(() =>
            {
                begin.SignalAndWait();
                for (int i = 0; i < Rounds * 20; i++)
                {
                    if (i % 64 == 0) Open();
                    using (_gate.Enter()) _plain++;
                }
            }),
            new Thread(() =>
            {
                begin.SignalAndWait();
                for (int i = 0; i < Rounds / 10; i++, shared++)
                {
                    using (_gate.Enter()) _plain++;
                    Thread.SpinWait(200);
                }
            }),
            new Thread(() =>
            {
                begin.SignalAndWait();
                for (int i = 0; i < Rounds; i++)
                {
                    if (!_gate.TryEnter()) continue;
                    _plain++;
                    tried++;
                    _gate.ExitShared();
                    Thread.SpinWait(50);
                }
            }),
        };
        foreach (Thread thread in threads) thread.Start();
        begin.SignalAndWait();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal((Rounds * 20) + shared + tried, _plain);
    }

    private void Open() => Open(ref _gate);

    private static void Open(ref Gate<BlockGate> gate)
    {
        if (gate.IsOwner(FlowThread.Current)) return;
        using (gate.Enter()) gate.Prefer(FlowThread.Current);
    }

    private static void OnOther(Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(action));
        thread.Start();
        thread.Join();
        Assert.Null(thrown);
    }
}
