using System.Globalization;

namespace Workspaces.Mutation;

/// <summary>The table of a slice: how many mutants of each file were found, and every one that was not.</summary>
internal static class Report
{
    internal static void Write(List<Mutant> mutants, string coverage, string results, string path)
    {
        HashSet<int> passed = [.. File.ReadLines(coverage).SelectMany(static l => l.Split('\t')[2].Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(static i => int.Parse(i, CultureInfo.InvariantCulture))];
        var outcome = new Dictionary<int, string>();
        foreach (string[] line in File.ReadLines(results).Select(static l => l.Split('\t'))) outcome[int.Parse(line[0], CultureInfo.InvariantCulture)] = line[1];
        string Of(Mutant mutant) => outcome.GetValueOrDefault(mutant.Id, passed.Contains(mutant.Id) ? "not run" : "not covered");
        using var file = new StreamWriter(path);
        file.WriteLine("| file | mutants | killed | timeout | survived | not covered | not run | score |\n|---|---|---|---|---|---|---|---|");
        foreach (IGrouping<string, Mutant> group in mutants.GroupBy(static m => m.File).Append(mutants.GroupBy(static _ => "all").First()))
        {
            int Count(string what) => group.Count(m => Of(m) == what);
            int killed = Count("killed"), timeout = Count("timeout");
            double score = 100.0 * (killed + timeout) / Math.Max(1, group.Count() - Count("not run"));
            file.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {group.Key} | {group.Count()} | {killed} | {timeout} | {Count("survived")} | {Count("not covered")} | {Count("not run")} | {score:F1} % |"));
        }

        file.WriteLine();
        foreach (Mutant mutant in mutants.Where(m => Of(m) is "survived" or "not covered"))
            file.WriteLine($"- {mutant.File}:{mutant.Line} {Of(mutant)} ({mutant.Kind}): `{mutant.Before}`{(mutant.After.Length > 0 ? $" → `{mutant.After}`" : " removed")}");
    }
}
