namespace Workspaces.Tests.Concurrency;

/// <summary>A process of a model: atomic steps, some with labels to jump to.</summary>
/// <param name="name">Its name, for traces.</param>
internal sealed class ModelProcess(string name)
{
    /// <summary>Returned by a step that cannot be taken now.</summary>
    internal const string Wait = "(wait)";

    /// <summary>Returned by a step after which the process is over.</summary>
    internal const string End = "(end)";

    private readonly List<(string Name, Func<ModelState, string?> Run)> _steps = [];
    private readonly Dictionary<string, int> _labels = [];

    internal string Name => name;

    internal int Count => _steps.Count;

    /// <summary>Adds a step.</summary>
    /// <param name="what">What it does.</param>
    /// <param name="run">Returns null to go on with the next step, a label, <see cref="Wait"/> or <see cref="End"/>.</param>
    internal ModelProcess Do(string what, Func<ModelState, string?> run)
    {
        _steps.Add((what, run));
        return this;
    }

    /// <summary>Adds a step after which the next one comes.</summary>
    internal ModelProcess Do(string what, Action<ModelState> run) => Do(what, state =>
    {
        run(state);
        return null;
    });

    /// <summary>Names the step that is added next.</summary>
    internal ModelProcess Label(string label)
    {
        _labels.Add(label, _steps.Count);
        return this;
    }

    internal string Describe(int place) => $"{name}: {_steps[place].Name}";

    /// <summary>Takes the step where the process stands; false when it has to wait.</summary>
    internal bool Step(ModelState state)
    {
        string? next = _steps[state.Place].Run(state);
        if (next == Wait) return false;
        state.Place = next switch
        {
            null => state.Place + 1,
            End => _steps.Count,
            _ => _labels[next],
        };
        return true;
    }
}
