using Workspaces.Hosting.Reports;
using Workspaces.Memory.Recording;

namespace Workspaces.Tests.Reports;

/// <summary>A report of a pass with many blocks: stacks that rise and fall, as networks with many layers make them.</summary>
internal static class BigReport
{
    internal static RunReport Of(int count)
    {
        var blocks = new RecordedBlock[count];
        int half = count / 2;
        for (int i = 0; i < count; i++)
        {
            bool forward = i < half;
            blocks[i] = new RecordedBlock
            {
                Birth = i,
                Death = forward ? (2 * count) - i : i + 3,
                LastUse = i + 1,
                Bytes = 1000 + (i % 97 * 64),
                Offset = forward ? i * 8192L : (half + (i % 4)) * 8192L,
                Kind = forward ? BlockKind.Activation : BlockKind.Gradient,
                IsPlanned = true,
                Op = forward ? "Linear" : "Gradient",
                Part = $"{i % 200} Linear",
                Shape = $"[{1 + (i % 13)}, 64]",
                DType = "float32",
            };
        }

        var pass = new RecordedPass
        {
            Workspace = "big", State = RecordedPassState.Planned, Events = 2 * count, Blocks = blocks, PlanBytes = (half + 4) * 8192L, PlanLowerBound = half * 4096L, LastUseBound = half * 4096L,
        };
        return new RunReport { Title = "big", Passes = [pass] };
    }
}
