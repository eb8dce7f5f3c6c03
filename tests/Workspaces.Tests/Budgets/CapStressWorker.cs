using Workspaces.Memory;
using Workspaces.Memory.Scratch;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Budgets;

/// <summary>One thread that leases, fills random blocks, nests, and checks that nobody has written into them.</summary>
internal sealed class CapStressWorker(WorkspaceManager manager, WorkspaceConfiguration[] names, int seed)
{
    private const int MostBytes = 3 << 20;
    private readonly Random _random = new(seed);
    private readonly List<(RawBlock Block, byte Value)> _live = [];

    public long Passes { get; private set; }

    public long Refused { get; private set; }

    public Exception? Failure { get; private set; }

    public void RunUntil(Func<bool> isOver)
    {
        try
        {
            while (!isOver()) Lease();
        }
        catch (Exception unexpected)
        {
            Failure = unexpected;
        }
    }

    private void Lease()
    {
        using Workspace workspace = manager.Lease(names[_random.Next(names.Length)]);
        for (int i = _random.Next(1, 5); i > 0; i--)
        {
            using Pass pass = workspace.Enter();
            Passes++;
            Fill(workspace);
            using (workspace.Enter(new PassSignature().With(_random.Next(3)))) Fill(workspace, nested: true);
            Check();
            _live.Clear();
        }
    }

    private void Fill(Workspace workspace, bool nested = false)
    {
        int before = _live.Count;
        for (int i = _random.Next(1, 6); i > 0; i--)
        {
            try
            {
                TakeOne(workspace);
            }
            catch (OutOfWorkspaceException)
            {
                Refused++;
            }
        }

        Check();
        if (nested) _live.RemoveRange(before, _live.Count - before);
    }

    private void TakeOne(Workspace workspace)
    {
        long bytes = _random.Next(2) == 0 ? _random.Next(1, MostBytes) : _random.Next(1, 1 << 16);
        if (_random.Next(8) == 0)
        {
            using ScratchLease scratch = manager.Scratch.Rent();
            scratch.Take<byte>((int)bytes).Fill(1);
            return;
        }

        byte value = (byte)_random.Next(256);
        RawBlock block = RawBlock.From(workspace, bytes);
        block.Fill(value);
        if (_random.Next(3) == 0) block.Release();
        else _live.Add((block, value));
    }

    private void Check()
    {
        foreach ((RawBlock block, byte value) in _live)
        {
            if (!block.IsAlive || !block.IsFilledWith(value)) throw new InvalidOperationException($"A block of {block.Header.Bytes} bytes was lost.");
        }
    }
}
