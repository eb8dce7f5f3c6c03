namespace Workspaces.Hosting.Configuration;

/// <summary>Finds the name that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary>"Did you mean X?" or the list of all names, as the remedy of an unknown one.</summary>
    internal static string For(string written, IReadOnlyCollection<string> known)
    {
        var list = known.Count == 0 ? "Nothing can be written here" : $"Known are {string.Join(", ", known)}";
        return Nearest(written, known) is { } near ? $"Did you mean {near}? {list}" : list;
    }

    /// <summary>The known name that resembles the written one most; null when none does.</summary>
    internal static string? Nearest(string written, IReadOnlyCollection<string> known)
    {
        string? best = null;
        // Two edits are one swapped pair; names shorter than that resemble everything.
        var smallest = Math.Min(Math.Max(2, written.Length / 3) + 1, written.Length);
        foreach (var name in known)
        {
            var distance = Distance(written.ToUpperInvariant(), name.ToUpperInvariant());
            if (distance >= smallest) continue;
            (best, smallest) = (name, distance);
        }
        return best;
    }

    /// <summary>Levenshtein's edit distance, one row of the table at a time.</summary>
    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
