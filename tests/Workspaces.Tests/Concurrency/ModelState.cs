namespace Workspaces.Tests.Concurrency;

/// <summary>
/// What a model is in at one moment: shared variables, the place and the locals of each process, and the stores of each process that no other sees yet. That
/// is how processors of the kind x86 behave: stores become visible in order, but later than loads that follow them.
/// </summary>
internal sealed class ModelState
{
    private readonly int[] _memory;
    private readonly int[] _places;
    private readonly int[][] _locals;
    private readonly List<(int Variable, int Value)>[] _stores;

    internal ModelState(int variables, int processes, int locals)
    {
        _memory = new int[variables];
        _places = new int[processes];
        _locals = [.. Enumerable.Range(0, processes).Select(_ => new int[locals])];
        _stores = [.. Enumerable.Range(0, processes).Select(static _ => new List<(int, int)>())];
    }

    private ModelState(ModelState other)
    {
        _memory = [.. other._memory];
        _places = [.. other._places];
        _locals = [.. other._locals.Select(static locals => (int[])locals.Clone())];
        _stores = [.. other._stores.Select(static stores => new List<(int, int)>(stores))];
    }

    /// <summary>The process that takes a step now.</summary>
    internal int Me { get; set; }

    /// <summary>What went wrong, or null.</summary>
    internal string? Flaw { get; private set; }

    /// <summary>Where the process stands.</summary>
    internal ref int Place => ref _places[Me];

    internal ModelState Copy() => new(this);

    internal int PlaceOf(int process) => _places[process];

    internal bool HasStores(int process) => _stores[process].Count > 0;

    /// <summary>A local of the process.</summary>
    internal ref int Local(int number) => ref _locals[Me][number];

    /// <summary>Loads: the own store that came last, else memory.</summary>
    internal int Read(int variable)
    {
        List<(int Variable, int Value)> stores = _stores[Me];
        int at = stores.FindLastIndex(store => store.Variable == variable);
        return at >= 0 ? stores[at].Value : _memory[variable];
    }

    /// <summary>Stores; others see it when it has left the buffer.</summary>
    internal void Write(int variable, int value) => _stores[Me].Add((variable, value));

    /// <summary>What is in memory, for invariants and initial values: nothing that a process could ask.</summary>
    internal ref int Memory(int variable) => ref _memory[variable];

    /// <summary>An interlocked exchange; true when the variable had the expected value.</summary>
    internal bool CompareExchange(int variable, int value, int expected)
    {
        Barrier();
        if (_memory[variable] != expected) return false;
        _memory[variable] = value;
        return true;
    }

    /// <summary>An interlocked addition.</summary>
    internal void Add(int variable, int value)
    {
        Barrier();
        _memory[variable] += value;
    }

    /// <summary>A full barrier of the process.</summary>
    internal void Barrier() => Drain(Me);

    /// <summary>A full barrier in all processes.</summary>
    internal void BarrierEverywhere()
    {
        for (int i = 0; i < _stores.Length; i++) Drain(i);
    }

    /// <summary>The oldest store of a process becomes visible.</summary>
    internal void DrainOne(int process)
    {
        (int variable, int value) = _stores[process][0];
        _stores[process].RemoveAt(0);
        _memory[variable] = value;
    }

    internal void Fail(string flaw) => Flaw ??= flaw;

    /// <summary>Equal for equal states.</summary>
    internal string Key()
    {
        var text = new System.Text.StringBuilder();
        foreach (int value in _memory) text.Append((char)value);
        foreach (int value in _places) text.Append((char)value);
        foreach (int[] locals in _locals)
        {
            foreach (int value in locals) text.Append((char)value);
        }

        foreach (List<(int Variable, int Value)> stores in _stores)
        {
            text.Append('|');
            foreach ((int variable, int value) in stores) text.Append((char)variable).Append((char)value);
        }

        return text.ToString();
    }

    private void Drain(int process)
    {
        while (_stores[process].Count > 0) DrainOne(process);
    }
}
