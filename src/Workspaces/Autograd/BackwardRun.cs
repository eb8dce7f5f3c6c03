using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// One walk from a result back to the leaves: nodes in reverse topological order, each after all its consumers. The lists are kept from run to run.
/// </summary>
internal sealed class BackwardRun
{
    private static long _runs;
    private readonly List<Node> _order = [];
    private readonly Stack<(Node Node, int Input)> _path = new();
    private long _number;

    /// <summary>Runs the walk.</summary>
    /// <param name="root">The node of the result.</param>
    /// <param name="seed">The gradient of the result; this run takes its hold over.</param>
    /// <param name="retainGraph">True to keep what the nodes saved for another run.</param>
    internal void Run(Node root, Tensor seed, bool retainGraph)
    {
        try
        {
            Sort(root);
            root.Gradient = seed;
            seed = default;
            for (int i = _order.Count - 1; i >= 0; i--) Step(_order[i], retainGraph);
        }
        catch
        {
            foreach (Node node in _order) UndoLeaves(node);
            throw;
        }
        finally
        {
            if (seed.HeaderOrNull is not null) GradientHold.Drop(seed);
            foreach (Node node in _order)
            {
                if (node.Visited == _number) DropGradient(node);
            }

            _order.Clear();
            _path.Clear();
        }
    }

    private void Step(Node node, bool retainGraph)
    {
        CheckMine(node);
        if (node.Gradient.HeaderOrNull is null) return;
        if (node.WantsGradient)
        {
            using var locks = new LeafLocks(node);
            node.Differential.Backward(new BackwardContext(node, node.Gradient, retainGraph));
        }

        CheckMine(node);
        DropGradient(node);
        if (!retainGraph) node.Spend();
    }

    private void UndoLeaves(Node node)
    {
        for (int i = 0; i < node.Inputs; i++) node[i].Leaf?.Undo(_number);
    }

    /// <summary>A node keeps the gradient of one run at a time; another task that walks over it too would mix the two.</summary>
    private void CheckMine(Node node)
    {
        if (node.Visited != _number) ThrowShared(node);
    }

    private static void DropGradient(Node node)
    {
        Tensor gradient = node.Gradient;
        if (gradient.HeaderOrNull is null) return;
        node.Gradient = default;
        GradientHold.Drop(gradient);
    }

    /// <summary>Depth first without recursion; a node is listed when all its inputs are.</summary>
    private void Sort(Node root)
    {
        long run = _number = Interlocked.Increment(ref _runs);
        Visit(root, run);
        while (_path.Count > 0)
        {
            (Node node, int input) = _path.Pop();
            if (input == node.Inputs)
            {
                _order.Add(node);
                continue;
            }

            _path.Push((node, input + 1));
            Edge edge = node[input];
            if (edge.Node is not { } producer) continue;
            if (producer.Serial != edge.NodeSerial) ThrowEnded(node);
            if (producer.Visited != run) Visit(producer, run);
        }
    }

    private void Visit(Node node, long run)
    {
        if (!node.IsCurrent) ThrowEnded(node);
        if (node.Spent) ThrowSpent(node);
        node.Visited = run;
        node.Gradient = default;
        _path.Push((node, 0));
    }

    [DoesNotReturn]
    private static void ThrowEnded(Node node) => throw new StaleAccessException(
        "run backward", $"{node.OpName}, recorded in pass {node.PassNumber}", "its pass, or that of an input, has ended, and the graph with it",
        "run Backward in the pass of the forward computation; carry state from pass to pass with Detach().MoveTo(…)");

    [DoesNotReturn]
    private static void ThrowShared(Node node) => throw new InvalidOperationException(WorkspaceException.Compose(
        "run backward", node.OpName, "another Backward began meanwhile on another thread and walks over the same part of the graph",
        "run one Backward at a time over what branches share, or add their results and run it once"));

    [DoesNotReturn]
    private static void ThrowSpent(Node node) => throw new InvalidOperationException(WorkspaceException.Compose(
        "run backward a second time", node.OpName, "the first run has released what the graph had saved",
        "call Backward(retainGraph: true) the first time, or compute the forward part again"));
}
