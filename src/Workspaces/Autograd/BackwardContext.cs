using Workspaces.Memory.Passes;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Autograd;

/// <summary>
/// What the backward half of an op sees: the gradient of its output, what was saved, and where gradients of inputs go.
/// Gradient buffers on the way are counted by holds: whoever keeps one adds a hold, and the bytes die with the last.
/// </summary>
internal readonly ref struct BackwardContext
{
    private readonly BackwardRun _run;
    private readonly Node _node;
    private readonly bool _retainsGraph;

    internal BackwardContext(BackwardRun run, Node node, Tensor gradient, bool retainsGraph)
    {
        _run = run;
        _node = node;
        _retainsGraph = retainsGraph;
        Gradient = gradient;
    }

    /// <summary>The node, for its numbers.</summary>
    internal Node Node => _node;

    /// <summary>Gradient of the output, with the output's shape; any strides.</summary>
    internal Tensor Gradient { get; }

    /// <summary>A tensor that the forward half saved.</summary>
    internal Tensor Saved(int slot) => _node.Saved(slot);

    /// <summary>What was saved has been read for the last time: its bytes may serve the gradients that are made next. Does nothing when the graph is retained.</summary>
    internal void ReleaseSaved(int slot)
    {
        if (!_retainsGraph) _node.Release(slot);
    }

    /// <summary>The gradient of the output has been read for the last time: its bytes may serve what is made next, unless others keep it.</summary>
    internal void ReleaseGradient()
    {
        Tensor gradient = _node.Gradient;
        _node.Gradient = default;
        GradientHold.Drop(gradient);
    }

    internal bool HasSaved(int slot) => _node.HasSaved(slot);

    internal bool WantsGradient(int input) => _node[input].WantsGradient;

    /// <summary>Sends a gradient that this op has just made and gives away.</summary>
    internal void SendOwned(int input, Tensor gradient)
    {
        Send(input, gradient);
        GradientHold.Drop(gradient);
    }

    /// <summary>Sends a gradient that others keep too, such as the output's gradient itself or a view of it.</summary>
    internal void Send(int input, Tensor gradient)
    {
        Edge edge = _node[input];
        if (edge.Leaf is { } leaf)
        {
            Tensor target = _run.BeginWrite(leaf, out bool accumulate);
            Arithmetic.CopyOrAdd(gradient, target, accumulate);
        }
        else if (edge.Node is { } producer)
        {
            Arrive(producer, gradient);
        }
    }

    /// <summary>A contiguous tensor of the input's shape to write a contribution into directly.</summary>
    /// <param name="input">Number of the input; it must want a gradient.</param>
    /// <param name="shape">Shape of the input.</param>
    /// <param name="accumulate">True to add to what is there, false to overwrite it.</param>
    internal Tensor Target(int input, in Shape shape, out bool accumulate)
    {
        Edge edge = _node[input];
        if (edge.Leaf is { } leaf) return _run.BeginWrite(leaf, out accumulate);
        Node producer = edge.Producer;
        accumulate = producer.Gradient.HeaderOrNull is not null;
        if (!accumulate)
        {
            producer.Gradient = TensorFrames.Allocate(TensorFrames.Current, _node.DType, shape, "Gradient").Keep();
        }
        else if (!GradientHold.IsExclusive(producer.Gradient))
        {
            Tensor shared = producer.Gradient;
            producer.Gradient = Arithmetic.Copy(shared, "Gradient");
            GradientHold.Drop(shared);
        }

        return producer.Gradient;
    }

    /// <summary>The walk goes on, with this node's gradient, in what was recorded anew in its place.</summary>
    /// <param name="recomputed">The result that stands for the output.</param>
    internal void Continue(Tensor recomputed) => _run.Graft(_node, recomputed);

    private static void Arrive(Node producer, Tensor gradient)
    {
        if (producer.Gradient.HeaderOrNull is null)
        {
            GradientHold.Add(gradient);
            producer.Gradient = gradient;
        }
        else if (GradientHold.IsExclusive(producer.Gradient))
        {
            Arithmetic.AddInPlaceRaw(producer.Gradient, gradient);
        }
        else
        {
            Tensor before = producer.Gradient;
            producer.Gradient = Arithmetic.AddRaw(before, gradient);
            GradientHold.Drop(before);
        }
    }
}
