namespace Workspaces.Memory.Planning;

/// <summary>An independent part of a problem: buffers numbered from 0, sections numbered from 0, sizes in whole alignments, and the best offsets so far.</summary>
internal sealed class PlanningPart
{
    internal PlanningPart(PlanningProblem problem, LifetimeSections sections, int[] members, int firstSection, int endSection)
    {
        Members = members;
        FirstSection = firstSection;
        Alignment = problem.Alignment;
        Load = sections.Load.AsSpan(firstSection, endSection - firstSection).ToArray();
        foreach (long bytes in Load) LowerBound = Math.Max(LowerBound, bytes);
        First = new int[members.Length];
        End = new int[members.Length];
        Size = new long[members.Length];
        Birth = new long[members.Length];
        Best = new long[members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            int buffer = members[i];
            First[i] = sections.First[buffer] - firstSection;
            End[i] = sections.End[buffer] - firstSection;
            Size[i] = problem.Occupied(buffer);
            Birth[i] = problem.Buffers[buffer].Lower;
        }
    }

    internal int Count => Members.Length;

    /// <summary>Numbers of the buffers in the problem.</summary>
    internal int[] Members { get; }

    internal int FirstSection { get; }

    internal int Alignment { get; }

    internal int[] First { get; }

    internal int[] End { get; }

    internal long[] Size { get; }

    internal long[] Birth { get; }

    internal long[] Load { get; }

    internal long LowerBound { get; }

    /// <summary>Offsets of the best plan so far; valid once <see cref="Peak"/> is below <see cref="long.MaxValue"/>.</summary>
    internal long[] Best { get; }

    internal long Peak { get; private set; } = long.MaxValue;

    internal string FoundBy { get; private set; } = "";

    /// <summary>The order in which a packing gave the best plan; searches start from it.</summary>
    internal int[]? BestOrder { get; private set; }

    internal GapRule BestRule { get; private set; }

    internal void Keep(ReadOnlySpan<long> offsets, long peak, string foundBy)
    {
        if (peak >= Peak) return;
        offsets.CopyTo(Best);
        Peak = peak;
        FoundBy = foundBy;
    }

    internal void Keep(ReadOnlySpan<long> offsets, long peak, string foundBy, int[] order, GapRule rule)
    {
        if (peak >= Peak) return;
        Keep(offsets, peak, foundBy);
        BestOrder = [.. order];
        BestRule = rule;
    }
}
