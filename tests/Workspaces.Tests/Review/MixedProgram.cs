using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Review;

/// <summary>
/// A program that everything happens in at once, drawn from a seed: policies, caps, nested passes, lanes, shapes passes, holds, spans, ops that outlive
/// their pass, trims, and deviations. Each block has a pattern, so that bytes handed out twice show.
/// </summary>
internal sealed class MixedProgram : IDisposable
{
    private const int PassesPerLease = 25;
    private const int DeepestPass = 3;
    private readonly int _seed;
    private readonly Random _choices;
    private readonly List<OwnedBytes> _kept = [];
    private readonly WorkspaceManager _manager = new();
    private readonly WorkspaceConfiguration _configuration;
    private Workspace _workspace;
    private Random _noise = new(0);
    private double _deviations;
    private bool _shapesOnly;
    private byte _fill;

    internal MixedProgram(int seed)
    {
        _seed = seed;
        _choices = new Random(seed);
        do _configuration = Draw(_choices);
        while (_configuration.Validate().Any()); // some choices exclude each other
        _workspace = _manager.Lease(_configuration);
    }

    internal int Planned { get; private set; }

    internal int Online { get; private set; }

    internal int Refused { get; private set; }

    internal int Ended { get; private set; }

    public void Dispose() => _manager.Dispose();

    /// <summary>Runs the program in two leases; fails when bytes are lost or a cap is passed.</summary>
    internal void Run()
    {
        RunLease();
        _workspace = _manager.Lease(_configuration);
        RunLease();
    }

    private static WorkspaceConfiguration Draw(Random random) => new()
    {
        Name = "mixed",
        MaxSize = random.Next(2) == 0 ? 0 : random.Next(200_000, 2_000_000),
        InitialSize = random.Next(2) * 65_536,
        MaxPlans = random.Next(3) == 0 ? 1 : 16,
        Lifetimes = random.Next(3) == 0 ? LifetimePolicy.LastUse : LifetimePolicy.Released,
        PolicyAllocation = random.Next(6) switch { 0 => AllocationPolicy.Always, 1 or 2 => AllocationPolicy.Overallocate, _ => AllocationPolicy.Strict },
        PolicyLearning = random.Next(6) switch { 0 => LearningPolicy.None, 1 or 2 => LearningPolicy.Training, _ => LearningPolicy.Optimized },
        CyclesBeforeInitialization = Math.Max(0, random.Next(6) - 3),
        PolicySpill = (SpillPolicy)random.Next(3),
    };

    private void RunLease()
    {
        for (int i = 0; i < PassesPerLease; i++)
        {
            _shapesOnly = _choices.Next(12) == 0;
            _noise = new Random(_choices.Next());
            _deviations = i < 4 || _choices.Next(2) == 0 ? 0 : 0.15;
            if (!_shapesOnly && _choices.Next(3) == 0) Allocate(_choices, 1);
            var signature = new PassSignature((ulong)_choices.Next(2));
            using (_shapesOnly ? _workspace.EnterShapes(signature) : _workspace.Enter(signature)) Steps(new Random(_seed + _choices.Next(2)), 1);
            _shapesOnly = false;
            Check();
            if (_choices.Next(5) == 0) _manager.Trim();
        }

        _kept.ForEach(static block => block.EndOps());
        _workspace.Dispose();
        Check();
        Assert.Empty(_kept);
    }

    private void Steps(Random random, int depth)
    {
        int count = random.Next(3, 25);
        for (int i = 0; i < count; i++)
        {
            if (_noise.NextDouble() < _deviations)
            {
                if (_noise.Next(2) == 0) continue;
                Allocate(_noise, _noise.Next(9));
            }

            Step(random, i, depth);
        }

        Check();
    }

    private void Step(Random random, int number, int depth)
    {
        int kind = random.Next(20);
        if (kind < 9) Allocate(random, number);
        else if (kind == 9 && depth < DeepestPass) Nest(random, depth);
        else if (kind == 10) EndOps();
        else if (kind == 11 && _noise.Next(4) == 0) _workspace.Trim();
        else if (PickInOpenPass(random) is { } block) With(block, kind);
        _kept.RemoveAll(static block => !block.IsKept);
    }

    private void With(OwnedBytes block, int kind)
    {
        CheckBytes(block);
        switch (kind)
        {
            case 12:
                block.Expose();
                break;
            case 13:
                block.BeginOp();
                break;
            case 14 or 15:
                block.ToggleHold();
                break;
            case 16:
                Read(block);
                break;
            default:
                block.Release();
                break;
        }
    }

    private void Nest(Random random, int depth)
    {
        using Pass pass = _workspace.Enter(new PassSignature((ulong)random.Next(3)));
        int kind = random.Next(5);
        if (kind == 0) return;
        if (kind < 3)
        {
            Steps(new Random(random.Next(4)), depth + 1);
            return;
        }

        using Lanes lanes = pass.Fork(2);
        for (int i = 0; i < 2; i++)
        {
            using Pass lane = lanes.Enter(i);
            Steps(new Random(random.Next(3)), depth + 1);
        }
    }

    private void Allocate(Random random, int number)
    {
        long bytes = random.Next(12) switch { 0 => 0, < 5 => random.Next(1, 100_000), _ => random.Next(1, 4000) };
        string purpose = $"step {number % 9}";
        RawBlock raw;
        try
        {
            var request = new BlockRequest(bytes, random.Next(6) == 0, RequestTag.Of(purpose), purpose);
            raw = new RawBlock(_workspace.MemoryManager.Frame.Allocate(HeaderFactory.Plain, request, ownOps: 0));
        }
        catch (OutOfWorkspaceException) when (_configuration.MaxSize > 0)
        {
            Refused++;
            return;
        }

        long usable = _workspace.Arenas.Arenas.Sum(static arena => arena.UsableBytes);
        if (_configuration.MaxSize > 0 && usable > _configuration.MaxSize) Fail($"{usable} usable bytes under a cap of {_configuration.MaxSize}");
        if (_shapesOnly) return;
        _kept.RemoveAll(static block => !block.IsKept);
        var owned = new OwnedBytes(raw, ++_fill);
        if (_kept.Find(owned.Overlaps) is { } other) Fail($"{owned} overlaps {other}");
        _kept.Add(owned);
        if (owned.IsPlanned) Planned++;
        else Online++;
    }

    /// <summary>A use, which the last use of the passes before may have ended.</summary>
    private void Read(OwnedBytes block)
    {
        bool wasAlive = block.IsAlive;
        try
        {
            block.Handle.CopyTo([]);
            if (!wasAlive) Fail($"a dead block was read: {block}");
        }
        catch (StaleAccessException) when (!wasAlive)
        {
            Ended++;
        }
    }

    private OwnedBytes? PickInOpenPass(Random random)
    {
        OwnedBytes[] open = [.. _kept.Where(static block => block.IsInOpenPass)];
        return open.Length == 0 ? null : open[random.Next(open.Length)];
    }

    private void EndOps()
    {
        Check();
        _kept.ForEach(static block => block.EndOps());
    }

    private void Check()
    {
        _kept.RemoveAll(static block => !block.IsKept);
        _kept.ForEach(CheckBytes);
    }

    /// <summary>Under the policy that poisons dead bytes, what only an op keeps may be poisoned.</summary>
    private void CheckBytes(OwnedBytes block)
    {
        if (_configuration.PolicyAllocation == AllocationPolicy.Always && !block.IsWanted) return;
        if (!block.IsIntact) Fail($"bytes were lost: {block}");
    }

    private void Fail(string what) => Assert.Fail($"Seed {_seed}, {_configuration.PolicyAllocation}, {_configuration.PolicyLearning}, {_configuration.Lifetimes}: {what}");
}
