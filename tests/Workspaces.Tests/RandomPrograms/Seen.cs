namespace Workspaces.Tests.RandomPrograms;

/// <summary>Something that a run shows: a value, or a refusal.</summary>
/// <param name="What">What was done.</param>
/// <param name="Step">The number of the step.</param>
/// <param name="Refusal">The kind of exception, or null.</param>
/// <param name="Bits">The bits of the values, mixed.</param>
internal readonly record struct Seen(string What, int Step, string? Refusal, long Bits)
{
    /// <summary>The first place where two runs differ, or null.</summary>
    /// <param name="expected">The plain run.</param>
    /// <param name="actual">The other one.</param>
    /// <param name="mayRefuse">A kind of refusal that the other run may have where the plain one has none; nothing is compared after it.</param>
    internal static string? Difference(List<Seen> expected, List<Seen> actual, string? mayRefuse)
    {
        for (int i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            if (i < expected.Count && i < actual.Count && expected[i] == actual[i]) continue;
            if (mayRefuse is not null && i < actual.Count && actual[i].Refusal == mayRefuse) return null;
            return $"at {i}: expected {(i < expected.Count ? expected[i] : "nothing more")}, got {(i < actual.Count ? actual[i] : "nothing more")}";
        }

        return null;
    }
}
