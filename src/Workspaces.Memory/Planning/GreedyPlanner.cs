namespace Workspaces.Memory.Planning;

/// <summary>
/// Places every buffer once, in several orders and by two gap rules, and keeps the best packing; stops at the first that reaches the lower
/// bound. The orders are those of the literature (largest first: TFLite Micro and XLA; highest load met in life).
/// </summary>
public sealed class GreedyPlanner : PartPlanner
{
    /// <inheritdoc/>
    public override string Name => "greedy";

    private protected override void Improve(PlanningPart part, long target, PlanningClock clock, int seed) => TryOrders(part, target, clock);

    internal static void TryOrders(PlanningPart part, long target, PlanningClock clock)
    {
        var packing = new Packing(part, clock);
        foreach (string name in BufferOrders.Names)
        {
            int[] order = BufferOrders.Create(part, name);
            for (GapRule rule = GapRule.Lowest; rule <= GapRule.Smallest; rule++)
            {
                if (part.Peak <= target || clock.IsOver) return;
                if (name == "birth" && rule == GapRule.Lowest) continue;
                long peak = packing.Pack(order, rule, part.Peak);
                clock.Step();
                if (peak < part.Peak) part.Keep(packing.Offsets, peak, $"greedy:{name}/{(rule == GapRule.Lowest ? "lowest" : "smallest")}", order, rule);
            }
        }
    }
}
