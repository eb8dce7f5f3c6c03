namespace Workspaces.Memory.Planning;

/// <summary>
/// Squeaky wheel optimization (Joslin and Clements, 1999): pack in some order, move the buffers that stick out above the target towards the
/// front, pack again. Starts from the best greedy order; a seeded kick leaves orders that no longer improve.
/// </summary>
public sealed class SqueakyWheelPlanner : PartPlanner
{
    /// <summary>Packings without a better peak after which the search starts again from the best order, disturbed.</summary>
    private const int Patience = 40;

    /// <inheritdoc/>
    public override string Name => "squeaky-wheel";

    private protected override void Improve(PlanningPart part, long target, PlanningClock clock, int seed)
    {
        GreedyPlanner.TryOrders(part, target, clock);
        Search(part, target, clock, seed, long.MaxValue);
    }

    /// <summary>Searches until the target is reached, the clock is over or so many packings are made.</summary>
    internal static void Search(PlanningPart part, long target, PlanningClock clock, int seed, long packings)
    {
        var random = new Random(seed);
        var packing = new Packing(part, clock);
        var order = new int[part.Count];
        var key = new double[part.Count];
        int[] start = part.BestOrder!;
        long startPeak = part.Peak;
        while (part.Peak > target && !clock.IsOver && packings > 0)
        {
            GapRule rule = random.Next(4) == 0 ? GapRule.Smallest : part.BestRule;
            start.CopyTo(order, 0);
            if (part.Peak == startPeak) Disturb(order, key, random);
            startPeak = part.Peak;
            long best = long.MaxValue;
            for (int quiet = 0; quiet < Patience && packings > 0 && part.Peak > target && !clock.IsOver; quiet++, packings--)
            {
                long peak = packing.Pack(order, rule, long.MaxValue - 1);
                clock.Step();
                if (peak == long.MaxValue) break;
                if (peak < best) (best, quiet) = (peak, 0);
                if (peak < part.Peak) part.Keep(packing.Offsets, peak, "squeaky-wheel", order, rule);
                Promote(part, packing.Offsets, order, key, Aim(target, part.Peak, random), random);
            }

            start = part.BestOrder!;
        }
    }

    /// <summary>Mostly the target; sometimes just below the best, which asks less of each packing.</summary>
    private static long Aim(long target, long best, Random random) =>
        random.Next(3) switch { 0 => target, 1 => target + (best - target) / 2, _ => best - 1 };

    /// <summary>Moves every buffer that ends above the aim towards the front by a random share of its place; the others keep their order.</summary>
    private static void Promote(PlanningPart part, long[] offsets, int[] order, double[] key, long aim, Random random)
    {
        for (int k = 0; k < order.Length; k++)
        {
            int buffer = order[k];
            bool sticksOut = offsets[buffer] + part.Size[buffer] > aim;
            key[k] = sticksOut ? k * random.NextDouble() - 0.5 : k;
        }

        Array.Sort(key, order);
    }

    private static void Disturb(int[] order, double[] key, Random random)
    {
        double width = order.Length * Math.Pow(random.NextDouble(), 3);
        for (int k = 0; k < order.Length; k++) key[k] = k + width * (random.NextDouble() - 0.5);
        Array.Sort(key, order);
    }
}
