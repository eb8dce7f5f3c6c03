using Xunit.Abstractions;

namespace Workspaces.Tests.Concurrency;

/// <summary>
/// The protocols between threads as small models, every order of steps gone through, stores that become visible late included: one is inside the gate at a
/// time; an op sees the dead generation or the request sees the op; a pass that ends leaves its bytes to ops that still run; a slot is given back once.
/// Each mistake that the protocols guard against is made once and must be noticed.
/// </summary>
public sealed class ProtocolModelTests(ITestOutputHelper output)
{
    private const int Data = 8, Generation = 9, Ops = 10, Floor = 11, Holder = 12, Quarantine = 13, State = 14, Epoch = 15, Lock = 16;
    private const int Variables = 17;

    [Theory]
    [InlineData(GateMutation.None)]
    [InlineData(GateMutation.NoBarrier)]
    [InlineData(GateMutation.BarrierOfOneThread)]
    [InlineData(GateMutation.NoSecondLook)]
    [InlineData(GateMutation.NoWait)]
    public void One_thread_is_inside_the_gate_at_a_time(GateMutation mutation)
    {
        var gate = new GateModel(mutation);
        var owner = new ModelProcess("owner");
        for (int i = 0; i < 2; i++) Visit(gate, owner, $"{i}", prefers: false);
        var other = new ModelProcess("other");
        for (int i = 0; i < 2; i++) Visit(gate, other, $"{i}", prefers: true);
        var trying = new ModelProcess("trying");
        GateModel.Exit(Count(gate.TryEnter(trying, "try", ModelProcess.End)), "try");
        var first = new ModelState(Variables, 3, 4);
        first.Memory(GateModel.Owner) = first.Memory(GateModel.Unordered) = 1;
        Check(mutation, first, [owner, other, trying], static s => s.Memory(Data) == s.Memory(Generation) ? null : $"{s.Memory(Generation)} were inside, {s.Memory(Data)} counted");
    }

    [Theory]
    [InlineData(GateMutation.None)]
    [InlineData(GateMutation.NoBarrier)]
    [InlineData(GateMutation.BarrierOfOneThread)]
    [InlineData(GateMutation.NoShare)]
    [InlineData(GateMutation.AskForTheOwner)]
    [InlineData(GateMutation.CheckBeforeRegistering)]
    [InlineData(GateMutation.ReuseUnderOps)]
    [InlineData(GateMutation.DeregisterEarly)]
    public void An_op_sees_the_dead_generation_or_the_request_sees_the_op(GateMutation mutation)
    {
        var gate = new GateModel(mutation);
        ModelProcess owner = ReleaseAndRequest(gate, new ModelProcess("owner"), mutation), op = Op(gate, mutation, Generation, 1);
        var third = new ModelProcess("third");
        GateModel.Exit(gate.Enter(third, "third"), "third");
        var first = new ModelState(Variables, 3, 4);
        first.Memory(GateModel.Owner) = first.Memory(GateModel.Unordered) = 1;
        first.Memory(Data) = first.Memory(Generation) = 1;
        Check(mutation, first, [owner, op, third], static _ => null);
    }

    [Theory]
    [InlineData(GateMutation.None)]
    [InlineData(GateMutation.PreferWithoutBarrier)]
    [InlineData(GateMutation.NoShare)]
    public void A_thread_that_becomes_the_owner_is_known_as_such_before_it_spares_a_barrier(GateMutation mutation)
    {
        var gate = new GateModel(mutation);
        var owner = new ModelProcess("new owner");
        GateModel.Exit(gate.Prefer(gate.Enter(owner, "open"), "open"), "open");
        ReleaseAndRequest(gate, owner, mutation);
        var first = new ModelState(Variables, 2, 4);
        first.Memory(Data) = first.Memory(Generation) = 1;
        Check(mutation, first, [owner, Op(gate, mutation, Generation, 1)], static _ => null);
    }

    [Theory]
    [InlineData(GateMutation.None)]
    [InlineData(GateMutation.EndWithoutBarrier)]
    [InlineData(GateMutation.QuarantineLate)]
    [InlineData(GateMutation.NoQuarantine)]
    [InlineData(GateMutation.CheckBeforeRegistering)]
    public void A_pass_that_ends_leaves_its_bytes_to_the_ops_that_still_run(GateMutation mutation)
    {
        ModelProcess ending = new ModelProcess("end of the pass")
            .Do("floor = births", static s => s.Write(Floor, 1))
            .Do("barrier", s =>
            {
                if (mutation != GateMutation.EndWithoutBarrier) s.Barrier();
            })
            .Do("ops in flight?", static s => s.Local(2) = s.Read(Ops) == 0 ? 0 : 1);
        Action<ModelState> setAside = static s => s.Write(Quarantine, s.Local(2)), letGo = static s => s.Write(Holder, 0);
        bool late = mutation == GateMutation.QuarantineLate;
        ending.Do(late ? "holder = null" : "quarantine", late ? letGo : setAside).Do(late ? "quarantine" : "holder = null", late ? setAside : letGo);
        ModelProcess next = new ModelProcess("next pass")
            .Do("take the lock of the arenas", static s => s.CompareExchange(Lock, 1, 0) ? null : ModelProcess.Wait)
            .Do("has another the arena?", static s => s.Read(Holder) != 0 ? ModelProcess.End : null)
            .Do("set aside?", s => mutation != GateMutation.NoQuarantine && s.Read(Quarantine) != 0 && s.Read(Ops) != 0 ? ModelProcess.End : null)
            .Do("holder = me", static s => s.Write(Holder, 2))
            .Do("write", static s => s.Write(Data, 3));
        var first = new ModelState(Variables, 3, 4);
        first.Memory(Data) = first.Memory(Holder) = 1;
        Check(mutation, first, [ending, Op(new GateModel(GateMutation.NoShare), mutation, Floor, 0), next], static _ => null);
    }

    [Theory]
    [InlineData(GateMutation.None)]
    [InlineData(GateMutation.NoEpoch)]
    [InlineData(GateMutation.FreeBeforeEnded)]
    public void A_slot_serves_one_at_a_time_though_its_lease_is_disposed_twice(GateMutation mutation)
    {
        // States: 0 idle, 1 filling, 2 published, 3 leased, 4 ending.
        var producer = new ModelProcess("producer");
        for (int i = 0; i < 2; i++)
        {
            producer.Do("acquire", static s => Locked(s, 0, 1, static s => s.Local(0) = ++s.Memory(Epoch)))
                .Do("fill", static s => s.Memory(Data) = s.Local(0))
                .Do("publish", static s => s.Memory(State) = 2);
        }

        ModelProcess first = Consumer("first", mutation, takes: true), second = Consumer("second", mutation, takes: true);
        var state = new ModelState(Variables, 4, 4);
        Check(mutation, state, [producer, first, second, Consumer("again", mutation, takes: false)], static _ => null);
    }

    private static ModelProcess Visit(GateModel gate, ModelProcess process, string turn, bool prefers)
    {
        Count(gate.Enter(process, turn));
        if (prefers) gate.Prefer(process, turn);
        return GateModel.Exit(process, turn);
    }

    /// <summary>Inside: counts, with an ordinary load and store, and tells when another is inside too.</summary>
    private static ModelProcess Count(ModelProcess process) => process
        .Do("come in", static s =>
        {
            if (s.Memory(Ops)++ != 0) s.Fail("another is inside");
            s.Memory(Generation)++;
            s.Local(3) = s.Read(Data);
        })
        .Do("count", static s =>
        {
            s.Write(Data, s.Local(3) + 1);
            s.Memory(Ops)--;
        });

    /// <summary>Releases a block in the gate; then, in the gate again, gives its bytes to another one unless an op is open.</summary>
    private static ModelProcess ReleaseAndRequest(GateModel gate, ModelProcess process, GateMutation mutation)
    {
        GateModel.Exit(gate.Enter(process, "release").Do("generation = 0", static s => s.Write(Generation, 0)), "release");
        gate.Enter(process, "request")
            .Do("ops open?", s => mutation != GateMutation.ReuseUnderOps && s.Read(Ops) != 0 ? "no reuse" : null)
            .Do("bytes of the next block", static s => s.Write(Data, 2))
            .Do("generation of the next block", static s => s.Write(Generation, 2));
        return GateModel.Exit(process.Label("no reuse"), "request");
    }

    /// <summary>Registers, makes the stores of an owner visible, checks, reads twice, deregisters.</summary>
    private static ModelProcess Op(GateModel gate, GateMutation mutation, int check, int alive)
    {
        var op = new ModelProcess("op");
        bool early = mutation == GateMutation.CheckBeforeRegistering;
        if (early) op.Do("check", s => s.Read(check) == alive ? null : ModelProcess.End);
        op.Do("register", static s => s.Add(Ops, 1));
        gate.ShareIfOwnedByOther(op);
        if (!early) op.Do("check", s => s.Read(check) == alive ? null : "deregister");
        op.Do("read", Read);
        if (mutation == GateMutation.DeregisterEarly) return op.Do("deregister early", static s => s.Add(Ops, -1)).Do("read again", Read).Label("deregister");
        return op.Do("read again", Read).Label("deregister").Do("deregister", static s => s.Add(Ops, -1));
    }

    private static void Read(ModelState state)
    {
        if (state.Read(Data) != 1) state.Fail($"reads the bytes of another block ({state.Read(Data)})");
    }

    private static ModelProcess Consumer(string name, GateMutation mutation, bool takes)
    {
        var consumer = new ModelProcess(name);
        if (takes)
        {
            consumer.Do("take", static s => Locked(s, 2, 3, static s => s.Local(0) = s.Memory(Epoch)))
                .Do("read", static s =>
                {
                    if (s.Memory(Data) != s.Local(0)) s.Fail("reads a slot that is not its own");
                });
        }
        else
        {
            consumer.Do("has a copy of the first lease, disposed by now", static s => s.Memory(Floor) == 0 ? ModelProcess.Wait : null)
                .Do("dispose it again", static s => s.Local(0) = 1);
        }

        bool free = mutation == GateMutation.FreeBeforeEnded;
        return consumer
            .Do("dispose", s =>
            {
                if (s.Memory(State) != 3 || (mutation != GateMutation.NoEpoch && s.Memory(Epoch) != s.Local(0))) return ModelProcess.End;
                s.Memory(State) = free ? 0 : 4;
                if (s.Local(0) == 1) s.Memory(Floor) = 1;
                return null;
            })
            .Do("end the memory", static s => s.Memory(Data) = 0)
            .Do("idle", s =>
            {
                if (!free && s.Memory(Epoch) == s.Local(0)) s.Memory(State) = 0;
            });
    }

    /// <summary>Changes the state of the slot under the ring's lock; waits until it is the expected one.</summary>
    private static string? Locked(ModelState state, int from, int to, Action<ModelState> change)
    {
        if (state.Memory(State) != from) return ModelProcess.Wait;
        state.Memory(State) = to;
        change(state);
        return null;
    }

    private void Check(GateMutation mutation, ModelState first, ModelProcess[] processes, Func<ModelState, string?> invariant)
    {
        (int states, string? flaw) = ModelChecker.Run(first, processes, invariant);
        output.WriteLine($"{states} states\n{flaw}");
        if (mutation == GateMutation.None) Assert.Null(flaw);
        else Assert.NotNull(flaw);
    }
}
