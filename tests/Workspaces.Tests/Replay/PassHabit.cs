namespace Workspaces.Tests.Replay;

/// <summary>How a pass differs from the one that its plan was made for; chances are out of 1000.</summary>
internal readonly record struct PassHabit
{
    internal int Late { get; init; }

    internal int Early { get; init; }

    internal int Missing { get; init; }

    internal int Inserted { get; init; }

    internal int Swapped { get; init; }

    internal int Resized { get; init; }

    internal int Foreign { get; init; }

    /// <summary>Requests in a row that are left out.</summary>
    internal int MissingStretch { get; init; }

    /// <summary>Request at which the pass stops, or -1.</summary>
    internal int StopsAt { get; init; }

    /// <summary>Early releases and early stops are no deviation.</summary>
    internal bool IsFaithful => Late + Missing + Inserted + Swapped + Resized + Foreign + MissingStretch == 0;

    internal static PassHabit Random(Random random, int count)
    {
        PassHabit habit = new() { StopsAt = random.Next(6) == 0 ? random.Next(count) : -1, Early = random.Next(3) * 100 };
        if (random.Next(4) == 0) return habit;
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int chance = random.Next(3) switch { 0 => 10, 1 => 80, _ => 400 };
            habit = random.Next(8) switch
            {
                0 or 1 => habit with { Late = chance },
                2 => habit with { Missing = chance },
                3 => habit with { Inserted = chance },
                4 => habit with { Swapped = chance },
                5 => habit with { Resized = chance },
                6 => habit with { Foreign = chance / 8 },
                _ => habit with { MissingStretch = random.Next(1, 40) },
            };
        }

        return habit;
    }
}
