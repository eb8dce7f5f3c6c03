namespace Workspaces.Memory.Budgets;

/// <summary>
/// A node of the tree that every committed byte is reserved in before the system is asked for it, and leaves after the system has it back.
/// <code>
///   all workspaces (MemoryLimit)
///     ├─ quota 'step' (Quotas:step) ── lease, lease
///     ├─ workspace 'data'
///     ├─ persistent
///     └─ scratch
/// </code>
/// A node never holds more than its limit, and always exactly the sum of its children.
/// </summary>
/// <remarks>
/// One lock serves the tree, for as long as a few additions take: with a counter for each node a reservation that an outer node refuses would be seen
/// in the inner ones before it is taken back, and would refuse others that fit. Reservations come with calls to the system, which are far dearer.
/// </remarks>
internal sealed class MemoryBudget
{
    private readonly object _sync;
    private readonly List<MemoryBudget> _children = [];
    private readonly MemoryBudget? _parent;
    private MemoryBudget? _lastRefusal;
    private long _used;
    private long _peak;

    /// <summary>Makes the root.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="limit">Most bytes, 0 for any number.</param>
    internal MemoryBudget(string name, long limit)
        : this(name, limit, null, new object())
    {
    }

    private MemoryBudget(string name, long limit, MemoryBudget? parent, object sync)
    {
        Name = name;
        Limit = limit;
        _parent = parent;
        _sync = sync;
    }

    internal string Name { get; }

    /// <summary>Most bytes; 0 for any number.</summary>
    internal long Limit { get; }

    internal bool IsRoot => _parent is null;

    /// <summary>The configuration key of the limit.</summary>
    internal string Key => IsRoot ? "Workspaces:Manager:MemoryLimit" : $"Workspaces:Manager:Quotas:{Name}";

    internal long Used => Volatile.Read(ref _used);

    /// <summary>The node that refused the last reservation made here, null when that was granted.</summary>
    internal MemoryBudget? LastRefusal => Volatile.Read(ref _lastRefusal);

    internal MemoryBudget NewChild(string name, long limit = 0)
    {
        var child = new MemoryBudget(name, limit, this, _sync);
        lock (_sync) _children.Add(child);
        return child;
    }

    /// <summary>Ends a node that holds nothing any more.</summary>
    internal void Leave()
    {
        lock (_sync) _parent?._children.Remove(this);
    }

    /// <summary>Reserves bytes here and in every node above, or nowhere.</summary>
    internal bool TryTake(long bytes)
    {
        lock (_sync)
        {
            _lastRefusal = Refusing(bytes);
            if (_lastRefusal is not null) return false;
            Add(bytes);
            return true;
        }
    }

    internal void Give(long bytes)
    {
        lock (_sync) Add(-bytes);
    }

    /// <summary>Lets another node have what is reserved here; false when it, or a node above it, has no room.</summary>
    internal bool TryMove(long bytes, MemoryBudget to)
    {
        lock (_sync)
        {
            Add(-bytes);
            bool fits = to.Refusing(bytes) is null;
            (fits ? to : this).Add(bytes);
            return fits;
        }
    }

    internal void ForgetRefusal() => Volatile.Write(ref _lastRefusal, null);

    /// <summary>The node that would refuse a reservation now, and how many bytes it lacks; null when it would be granted.</summary>
    internal MemoryBudget? FindFull(long bytes, out long missing)
    {
        lock (_sync)
        {
            MemoryBudget? full = Refusing(bytes);
            missing = full is null ? 0 : full._used + bytes - full.Limit;
            return full;
        }
    }

    /// <summary>The nearest node, from here to the root, that could not hold so many bytes if it held nothing else; null when there is none.</summary>
    internal MemoryBudget? TooSmallFor(long bytes)
    {
        MemoryBudget? node = this;
        while (node is not null && (node.Limit == 0 || bytes <= node.Limit)) node = node._parent;
        return node;
    }

    internal bool IsUnder(MemoryBudget node)
    {
        MemoryBudget? mine = this;
        while (mine is not null && !ReferenceEquals(mine, node)) mine = mine._parent;
        return mine is not null;
    }

    /// <summary>All figures of one moment.</summary>
    internal BudgetReport Report()
    {
        lock (_sync)
        {
            var shares = new Dictionary<string, BudgetShare>(StringComparer.OrdinalIgnoreCase);
            foreach (MemoryBudget child in _children)
            {
                long before = shares.TryGetValue(child.Name, out BudgetShare known) ? known.UsedBytes : 0;
                shares[child.Name] = new BudgetShare(child.Name, before + child._used, child.Limit);
            }

            BudgetShare[] holders = [.. shares.Values.OrderByDescending(static share => share.UsedBytes).ThenBy(static share => share.Name, StringComparer.Ordinal)];
            return new BudgetReport(Limit, _used, _peak, holders);
        }
    }

    private MemoryBudget? Refusing(long bytes)
    {
        MemoryBudget? node = this;
        while (node is not null && (node.Limit == 0 || bytes <= node.Limit - node._used)) node = node._parent;
        return node;
    }

    private void Add(long bytes)
    {
        for (MemoryBudget? node = this; node is not null; node = node._parent)
        {
            long used = node._used + bytes;
            Volatile.Write(ref node._used, used); // readers take no lock
            if (used > node._peak) node._peak = used;
        }
    }
}
