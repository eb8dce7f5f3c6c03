namespace Workspaces.Memory.Tracking;

/// <summary>
/// The leases that are open, in the order of their opening. Used under the manager's lock. It keeps a workspace alive only where a finalizer of its own could not
/// wait: with files. The references outlast finalization, so a workspace never drops out by itself.
/// </summary>
internal sealed class OpenLeases
{
    private readonly List<Entry> _entries = [];

    internal int Count => _entries.Count;

    internal void Add(Workspace workspace) => _entries.Add(new Entry(workspace.Reference, workspace.HasFiles ? workspace : null));

    /// <summary>Takes a workspace out; false when it is not there.</summary>
    internal bool Remove(Workspace workspace)
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (!ReferenceEquals(_entries[i].Reference, workspace.Reference)) continue;
            _entries.RemoveAt(i);
            return true;
        }

        return false;
    }

    /// <summary>From now on the list keeps the workspace alive; false when its lease is not open.</summary>
    internal bool TryKeep(Workspace workspace)
    {
        for (int i = 0; i < _entries.Count; i++)
        {
            if (!ReferenceEquals(_entries[i].Reference, workspace.Reference)) continue;
            _entries[i] = new Entry(workspace.Reference, workspace);
            return true;
        }

        return false;
    }

    /// <summary>The workspaces as a list of its own.</summary>
    internal List<Workspace> ToList()
    {
        var list = new List<Workspace>(_entries.Count);
        foreach (Workspace workspace in this) list.Add(workspace);
        return list;
    }

    public Enumerator GetEnumerator() => new(_entries);

    /// <summary>Walks the workspaces without garbage.</summary>
    internal struct Enumerator(List<Entry> entries)
    {
        private int _next;

        public Workspace Current { get; private set; } = null!;

        public bool MoveNext()
        {
            while (_next < entries.Count)
            {
                if (!entries[_next++].Reference.TryGetTarget(out Workspace? workspace)) continue;
                Current = workspace;
                return true;
            }

            return false;
        }
    }

    internal readonly record struct Entry(WeakReference<Workspace> Reference, Workspace? Kept);
}
