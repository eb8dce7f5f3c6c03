namespace Workspaces.Memory.Telemetry;

/// <summary>Objects that it does not keep alive. Used under a lock of its owner.</summary>
internal sealed class WeakList<T>
    where T : class
{
    private readonly List<WeakReference<T>> _entries = [];

    internal void Add(T item)
    {
        _entries.RemoveAll(static entry => !entry.TryGetTarget(out _));
        _entries.Add(new WeakReference<T>(item));
    }

    internal void Remove(T item) => _entries.RemoveAll(entry => !entry.TryGetTarget(out T? known) || ReferenceEquals(known, item));

    internal List<T> ToList()
    {
        var list = new List<T>(_entries.Count);
        foreach (WeakReference<T> entry in _entries)
        {
            if (entry.TryGetTarget(out T? item)) list.Add(item);
        }

        return list;
    }
}
