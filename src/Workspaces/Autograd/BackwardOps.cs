using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Autograd;

/// <summary>Gradients of tensors.</summary>
public static class BackwardOps
{
    extension(Tensor result)
    {
        /// <summary>
        /// Computes the gradients of all leaves that the result depends on and adds them to what the leaves have (overwriting what an optimizer has applied).
        /// </summary>
        /// <remarks>
        /// After an exception, leaves that had no gradient waiting for an optimizer have none now, so the step can be repeated. Leaves that had one may
        /// have received a part of what was to be added: call <c>ZeroGrad</c>.
        /// </remarks>
        /// <param name="gradient">Gradient of the result, with its shape; may be left out for a single element, where it is 1.</param>
        /// <param name="retainGraph">True to keep the graph for another run.</param>
        /// <param name="createGraph">Gradients of gradients are not computed: true is refused.</param>
        /// <exception cref="StaleAccessException">The result, or the pass of a part of its graph, has ended.</exception>
        /// <exception cref="InvalidOperationException">
        /// Nothing was recorded; the graph was released by an earlier run; or a saved tensor was written to in place.
        /// </exception>
        /// <exception cref="NotSupportedException">Gradients of gradients were asked for.</exception>
        /// <exception cref="ShapeException">The gradient has another shape, or is missing for a result of several elements.</exception>
        public void Backward(Tensor? gradient = null, bool retainGraph = false, bool createGraph = false)
        {
            TensorHeader header = result.Checked("run backward");
            if (createGraph) BackwardThrow.OfGradient("run backward and record it (createGraph)", header);
            if (header.Node is null && IsGradient(header)) BackwardThrow.OfGradient("run backward from a gradient", header);
            CheckSeed(header, gradient);
            if (header.Node is LeafNode leaf)
            {
                RunOnLeaf(leaf, Seed(result, gradient));
                return;
            }

            if (header.Node is not Node node)
            {
                BackwardThrow.NotRecorded(header);
                return;
            }

            Tape.CheckView(header);
            result.Keep();
            NodePool pool = NodePool.Of(TensorFrames.Current);
            BackwardRun run = pool.RentRun();
            run.Run(node, Seed(result, gradient), retainGraph);
            pool.ReturnRun(run);
        }

        /// <summary>Makes this tensor a leaf that collects a gradient.</summary>
        /// <returns>The same tensor.</returns>
        /// <exception cref="InvalidOperationException">It is the result of a recorded op, or a view.</exception>
        /// <exception cref="NotSupportedException">It is a gradient.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor RequireGrad()
        {
            TensorHeader header = result.Checked("require a gradient");
            Dispatch.RequireFloat(result, "RequireGrad");
            if (header.Node is LeafNode) return result;
            if (IsGradient(header)) BackwardThrow.OfGradient("require a gradient of a gradient", header);
            if (header.Node is not null || header.Root is not null)
                throw new InvalidOperationException(WorkspaceException.Compose(
                    "require a gradient", TensorThrow.Describe(header), "it is computed from or shares memory with another tensor",
                    "ask before computing, or on a copy: x.Detach().Copy().RequireGrad()"));
            header.Node = new LeafNode(header, inSlab: false);
            return result.Keep(); // its gradient is read when its last use is long over
        }

        /// <summary>The gradient of a leaf, or null before the first <see cref="Backward"/>.</summary>
        public Tensor? Grad => (result.Described("read the gradient").Node as LeafNode)?.Gradient;

        /// <summary>Shows the gradient of this tensor to every <see cref="Backward"/> that computes it, complete and before it goes further back.</summary>
        /// <param name="observe">Called once a run; see <see cref="GradientHook"/>.</param>
        /// <returns>Ends it.</returns>
        /// <exception cref="InvalidOperationException">No gradient flows to the tensor.</exception>
        public GradientHook OnGradient(Action<Tensor> observe)
        {
            ArgumentNullException.ThrowIfNull(observe);
            return GradientHooks.Add(result, new GradientHook(observe, null));
        }

        /// <summary>Replaces the gradient of this tensor in every <see cref="Backward"/> that computes it: what goes further back is what the hook returns.</summary>
        /// <param name="replace">Called once a run; returns a tensor of the same shape and type, or the one it was given.</param>
        /// <returns>Ends it.</returns>
        /// <exception cref="InvalidOperationException">No gradient flows to the tensor.</exception>
        public GradientHook OnGradient(Func<Tensor, Tensor> replace)
        {
            ArgumentNullException.ThrowIfNull(replace);
            return GradientHooks.Add(result, new GradientHook(null, replace));
        }

        /// <summary>A view of the same memory that is not part of the graph.</summary>
        /// <returns>The view.</returns>
        /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
        public Tensor Detach()
        {
            Tensor view = TensorFrames.View(result, result.Described(nameof(Detach)).Layout, nameof(Detach));
            view.HeaderOrNull!.OfPlain = false;
            return view;
        }
    }

    /// <summary>True for the gradient of a leaf, or a view of it.</summary>
    private static bool IsGradient(TensorHeader header) => ReferenceEquals(header.Storage.Op, LeafNode.GradientOp);

    private static void RunOnLeaf(LeafNode leaf, Tensor seed)
    {
        try
        {
            if (leaf.Hooks is { IsEmpty: false } hooks) hooks.Apply(ref seed, leaf);
            lock (leaf) Arithmetic.CopyOrAdd(seed, leaf.BeginWrite(run: 0, out bool accumulate), accumulate);
        }
        finally
        {
            GradientHold.Drop(seed);
        }
    }

    private static Tensor Seed(Tensor result, Tensor? gradient)
    {
        if (gradient is not { } given) return Tensor.Ones(result.Shape, result.DType);
        GradientHold.Add(given);
        return given;
    }

    private static void CheckSeed(TensorHeader header, Tensor? gradient)
    {
        if (gradient is null && header.Layout.Length != 1)
            throw new ShapeException(
                $"run backward from shape {header.Layout.Shape}", "Backward", $"{header.Layout.Length} elements have no one gradient of 1",
                "reduce the result with Sum or Mean, or pass its gradient");
        if (gradient is not { } given) return;
        if (given.Shape != header.Layout.Shape)
            throw new ShapeException($"use a gradient of shape {given.Shape}", "Backward", $"the result has shape {header.Layout.Shape}", "pass one of the result's shape");
        if (given.DType != header.DType) TensorThrow.WrongType(given, header.DType, "use as gradient");
    }
}
