using System.Runtime.InteropServices;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Autograd;

/// <summary>
/// One walk from a result back to the leaves: nodes in reverse topological order, each after all its consumers. The lists are kept from run to run.
/// </summary>
internal sealed class BackwardRun
{
    private static long _runs;
    private readonly List<Node> _order = []; // the last one is the next; what recomputing records is put on top
    private readonly List<Node> _done = [];
    private readonly Stack<(Node Node, int Input)> _path = new();
    private readonly List<Contribution> _gathered = [];
    private long _number;

    /// <summary>What this run has brought to a leaf with hooks so far.</summary>
    private struct Contribution(LeafNode leaf, Tensor gradient)
    {
        internal readonly LeafNode Leaf = leaf;
        internal Tensor Gradient = gradient;
    }

    /// <summary>Runs the walk.</summary>
    /// <param name="root">The node of the result.</param>
    /// <param name="seed">The gradient of the result; this run takes its hold over.</param>
    /// <param name="retainGraph">True to keep what the nodes saved for another run.</param>
    internal void Run(Node root, Tensor seed, bool retainGraph)
    {
        Frame frame = TensorFrames.Current;
        frame.IsBackward = true;
        try
        {
            _number = Interlocked.Increment(ref _runs);
            Sort(root, grafted: false);
            root.Gradient = seed;
            seed = default;
            while (_order.Count > 0)
            {
                Node node = _order[^1];
                _order.RemoveAt(_order.Count - 1);
                _done.Add(node);
                Step(node, retainGraph);
            }

            Settle();
        }
        catch
        {
            foreach (Node node in _done) UndoLeaves(node);
            throw;
        }
        finally
        {
            frame.IsBackward = false;
            if (frame.Part is not null) frame.Part = null;
            if (seed.HeaderOrNull is not null) GradientHold.Drop(seed);
            foreach (Node node in _order) DropMine(node);
            foreach (Node node in _done) DropMine(node);
            foreach (Contribution gathered in _gathered) GradientHold.Drop(gathered.Gradient);
            _order.Clear();
            _done.Clear();
            _path.Clear();
            _gathered.Clear();
        }
    }

    /// <summary>The tensor to write a contribution to a leaf's gradient to; hooks see the sum of the run before the leaf gets it.</summary>
    internal Tensor BeginWrite(LeafNode leaf, out bool accumulate)
    {
        if (leaf.Hooks is not { IsEmpty: false }) return leaf.BeginWrite(_number, out accumulate);
        foreach (Contribution gathered in _gathered)
        {
            accumulate = true;
            if (ReferenceEquals(gathered.Leaf, leaf)) return gathered.Gradient;
        }

        accumulate = false;
        Tensor first = leaf.NewContribution();
        _gathered.Add(new Contribution(leaf, first));
        return first;
    }

    /// <summary>Goes on with a node's gradient in a part of the graph that was recorded in its turn.</summary>
    internal void Graft(Node node, Tensor recomputed)
    {
        var root = (Node)recomputed.HeaderOrNull!.Node!;
        Sort(root, grafted: true);
        root.Gradient = node.Gradient;
        node.Gradient = default;
    }

    private void Step(Node node, bool retainGraph)
    {
        CheckMine(node);
        node.Stepped = _number;
        if (node.Gradient.HeaderOrNull is null) return;
        bool retains = retainGraph && !node.IsGrafted;
        if (node.Hooks is { IsEmpty: false } hooks) hooks.Apply(ref node.Gradient, node);
        if (node.WantsGradient) RunHalf(node, retains);
        CheckMine(node);
        DropGradient(node);
        if (!retains) node.Spend();
    }

    private void RunHalf(Node node, bool retains)
    {
        if (node.Part is { } part) TensorFrames.Current.Part = part;
        try
        {
            using var locks = new LeafLocks(node);
            node.Differential.Backward(new BackwardContext(this, node, node.Gradient, retains));
        }
        catch (AnomalyException error) when (!error.IsBackward)
        {
            throw AnomalyException.InBackward(error, node.Describe());
        }
    }

    /// <summary>What was gathered for leaves with hooks goes through the hooks and on to the leaves.</summary>
    private void Settle()
    {
        foreach (ref Contribution gathered in CollectionsMarshal.AsSpan(_gathered))
        {
            LeafNode leaf = gathered.Leaf;
            leaf.Hooks!.Apply(ref gathered.Gradient, leaf);
            lock (leaf) Arithmetic.CopyOrAdd(gathered.Gradient, leaf.BeginWrite(_number, out bool accumulate), accumulate);
        }
    }

    private void UndoLeaves(Node node)
    {
        for (int i = 0; i < node.Inputs; i++) node[i].Leaf?.Undo(_number);
    }

    /// <summary>A node keeps the gradient of one run at a time; another task that walks over it too would mix the two.</summary>
    private void CheckMine(Node node)
    {
        if (node.Visited != _number) BackwardThrow.Shared(node);
    }

    private void DropMine(Node node)
    {
        if (node.Visited == _number) DropGradient(node);
    }

    private static void DropGradient(Node node)
    {
        Tensor gradient = node.Gradient;
        if (gradient.HeaderOrNull is null) return;
        node.Gradient = default;
        GradientHold.Drop(gradient);
    }

    /// <summary>Depth first without recursion; a node is listed when all its inputs are.</summary>
    private void Sort(Node root, bool grafted)
    {
        Visit(root, grafted);
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
            if (producer.Serial != edge.NodeSerial) BackwardThrow.Ended(node);
            if (producer.Visited != _number) Visit(producer, grafted);
            else if (producer.Stepped == _number) RecomputeThrow.Captured(producer);
        }
    }

    private void Visit(Node node, bool grafted)
    {
        if (!node.IsCurrent) BackwardThrow.Ended(node);
        if (node.Spent) BackwardThrow.Spent(node);
        node.Visited = _number;
        node.IsGrafted = grafted;
        node.Gradient = default;
        _path.Push((node, 0));
    }
}
