namespace Workspaces.Memory.Passes;

/// <summary>Pages that go from workspace to workspace, and back to the system when all of them together reach a limit.</summary>
internal sealed partial class WorkspaceMemory
{
    private WorkspaceMemory? _lentTo;
    private bool _trimsAtEnd;

    /// <summary>True when idle pages may go to other workspaces and come from them: nothing was promised of where they stay, nor that they fault.</summary>
    private bool SharesPages => workspace.Configuration is
    {
        Name: not null, MaxSize: 0, Checks: not CheckMode.Protect, MinSize: 0, WorkspaceMode: WorkspaceMode.Enabled, PolicyLocation: LocationPolicy.Ram,
    };

    /// <summary>True when these bytes lie in committed pages of an arena of this lease, whatever they hold.</summary>
    internal bool HasPages(nint address, long bytes)
    {
        lock (_sync)
        {
            foreach (ArenaSource arena in _arenas)
            {
                if (arena.HasPages(address, bytes)) return true;
            }

            return false;
        }
    }

    /// <summary>Gives idle pages back, at most about as many as are wanted, and never below what the workspace keeps.</summary>
    internal void TrimIdle(long wanted)
    {
        long floor = workspace.Configuration.MinSize;
        lock (_sync)
        {
            for (int i = 0; i < _arenas.Count && wanted > 0; i++)
            {
                long keep = Math.Max(i == 0 ? floor : 0, _arenas[i].UsableBytes - wanted - Environment.SystemPageSize);
                wanted -= _arenas[i].TrimIfIdle(keep);
            }
        }
    }

    /// <summary>Gives pages of open passes back that hold no block; false when some arena could not be asked, because its frame is at work in it.</summary>
    internal bool GiveWay(ArenaSource? asking, bool keepsPlans)
    {
        bool all = true;
        lock (_sync)
        {
            foreach (ArenaSource arena in _arenas)
            {
                if (!ReferenceEquals(arena, asking) && arena.IdleBytes == 0) all &= arena.GiveWay(keepsPlans);
            }
        }

        return all;
    }

    /// <summary>Bytes of the largest arena that another workspace may have; 0 for none.</summary>
    internal long LargestIdle()
    {
        if (!SharesPages) return 0;
        lock (_sync) return Idlest()?.IdleBytes ?? 0;
    }

    /// <summary>Takes the pages of the largest idle arena of a workspace that is not leased; called under the manager's lock, which orders the two here.</summary>
    internal void TakePages(WorkspaceMemory lender, ArenaSource asking)
    {
        lock (lender._sync)
        {
            lock (_sync)
            {
                if (lender.Idlest() is { } idle && asking.TryTakePages(idle, workspace.Learned.Plans.PlansMade == 0)) lender._lentTo = this;
            }
        }
    }

    private ArenaSource? Idlest()
    {
        ArenaSource? best = null;
        foreach (ArenaSource arena in _arenas)
        {
            if (arena.IdleBytes > (best?.IdleBytes ?? 0)) best = arena;
        }

        return best;
    }

    /// <summary>
    /// An arena without pages takes those of a workspace that nobody has leased, as they are. So workspaces that are never open together need no more
    /// than the largest of them, at no cost in calls to the system.
    /// </summary>
    private void Borrow(ArenaSource asking, long bytes)
    {
        if (asking.UsableBytes != 0 || !SharesPages) return;
        workspace.Manager.LendIdle(this, asking, bytes);
        if (asking.UsableBytes != 0 || _lentTo is not { } borrower) return;
        _lentTo = null; // both are open together after all: the other keeps what it needs itself, no more
        borrower._trimsAtEnd = true;
    }
}
