namespace Workspaces.Tests.Concurrency;

/// <summary>Goes through every order in which the steps of processes can follow each other, and in which their stores can become visible.</summary>
internal static class ModelChecker
{
    private const int MostStates = 3_000_000;

    /// <summary>Looks at every state that can be reached.</summary>
    /// <param name="first">The state at the beginning.</param>
    /// <param name="processes">The processes.</param>
    /// <param name="invariant">Tells what is wrong with a state in which all processes are over and all stores visible.</param>
    /// <returns>How many states there are, and the way to the first one that is wrong, or null.</returns>
    internal static (int States, string? Flaw) Run(ModelState first, ModelProcess[] processes, Func<ModelState, string?> invariant)
    {
        var cameFrom = new Dictionary<string, (string? Before, string Step)> { [first.Key()] = (null, "the beginning") };
        var open = new Stack<ModelState>([first]);
        while (open.TryPop(out ModelState? state))
        {
            string key = state.Key();
            bool moved = false;
            for (int i = 0; i < processes.Length; i++)
            {
                if (state.PlaceOf(i) < processes[i].Count)
                {
                    ModelState next = state.Copy();
                    next.Me = i;
                    string what = processes[i].Describe(next.Place);
                    if (processes[i].Step(next))
                    {
                        moved = true;
                        if (next.Flaw is { } flaw) return (cameFrom.Count, Way(cameFrom, key, $"{what}: {flaw}"));
                        Visit(next, what);
                    }
                }

                if (!state.HasStores(i)) continue;
                moved = true;
                ModelState drained = state.Copy();
                drained.DrainOne(i);
                Visit(drained, $"{processes[i].Name}: a store becomes visible");
            }

            if (moved) continue;
            for (int i = 0; i < processes.Length; i++)
            {
                if (state.PlaceOf(i) < processes[i].Count) return (cameFrom.Count, Way(cameFrom, key, $"{processes[i].Describe(state.PlaceOf(i))}: waits for ever"));
            }

            if (invariant(state) is { } wrong) return (cameFrom.Count, Way(cameFrom, key, wrong));

            void Visit(ModelState reached, string step)
            {
                if (cameFrom.TryAdd(reached.Key(), (key, step))) open.Push(reached);
            }

            if (cameFrom.Count > MostStates) throw new InvalidOperationException($"more than {MostStates} states: make the model smaller");
        }

        return (cameFrom.Count, null);
    }

    private static string Way(Dictionary<string, (string? Before, string Step)> cameFrom, string key, string last)
    {
        var steps = new List<string> { last };
        for (string? at = key; at is not null; at = cameFrom[at].Before) steps.Add(cameFrom[at].Step);
        steps.Reverse();
        return string.Join("\n", steps);
    }
}
