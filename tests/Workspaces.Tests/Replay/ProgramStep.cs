namespace Workspaces.Tests.Replay;

/// <summary>One step of a program of blocks; blocks are named by numbers.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Block">With which block; of a nested pass, its number.</param>
/// <param name="Bytes">Bytes to ask for.</param>
/// <param name="Inner">Steps of a nested pass, or of a part that runs on another thread.</param>
internal sealed record ProgramStep(StepKind Kind, int Block = 0, long Bytes = 0, ProgramStep[]? Inner = null)
{
    private const int MaxDepth = 2;

    /// <summary>A program whose passes are all alike until somebody deviates from it.</summary>
    internal static ProgramStep[] Program(Random random, int length, int depth = 0)
    {
        var steps = new List<ProgramStep>();
        int blocks = 0;
        for (int i = 0; i < length; i++)
        {
            int one = blocks == 0 ? 0 : Math.Max(0, blocks - 1 - random.Next(random.Next(4) == 0 ? blocks : 8));
            switch (random.Next(24))
            {
                case < 9:
                    steps.Add(new ProgramStep(StepKind.Allocate, blocks++, random.Next(10) == 0 ? random.Next(20_000) : random.Next(1_500)));
                    break;
                case < 14:
                    steps.Add(new ProgramStep(StepKind.Use, one));
                    break;
                case < 18:
                    steps.Add(new ProgramStep(StepKind.Release, one));
                    break;
                case 18:
                    steps.Add(new ProgramStep(StepKind.Hold, one));
                    break;
                case 19 or 20:
                    steps.Add(new ProgramStep(StepKind.Drop, one));
                    break;
                case 21 when random.Next(3) == 0:
                    steps.Add(new ProgramStep(StepKind.Expose, one));
                    break;
                case 22:
                    steps.Add(new ProgramStep(random.Next(2) == 0 ? StepKind.Mark : StepKind.Rewind));
                    break;
                case 23 when depth < MaxDepth && random.Next(3) == 0:
                    StepKind kind = random.Next(4) == 0 ? StepKind.Hop : StepKind.Nested;
                    steps.Add(new ProgramStep(kind, random.Next(), 0, Program(random, length / 3, depth + 1)));
                    break;
            }
        }

        return [.. steps];
    }
}
