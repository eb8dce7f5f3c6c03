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
        /// <exception cref="StaleAccessException">The result, or the pass of a part of its graph, has ended.</exception>
        /// <exception cref="InvalidOperationException">
        /// Nothing was recorded; the graph was released by an earlier run; or a saved tensor was written to in place.
        /// </exception>
        /// <exception cref="ShapeException">The gradient has another shape, or is missing for a result of several elements.</exception>
        public void Backward(Tensor? gradient = null, bool retainGraph = false)
        {
            TensorHeader header = result.Checked("run backward");
            CheckSeed(header, gradient);
            if (header.Node is LeafNode leaf)
            {
                Tensor seed = Seed(result, gradient);
                lock (leaf) Arithmetic.CopyOrAdd(seed, leaf.BeginWrite(run: 0, out bool accumulate), accumulate);
                GradientHold.Drop(seed);
                return;
            }

            if (header.Node is not Node node)
                throw new InvalidOperationException(WorkspaceException.Compose(
                    "run backward", TensorThrow.Describe(header), "no op on it was recorded: no input requires a gradient, or recording was off",
                    "compute it from parameters or from tensors with RequireGrad(), outside Gradients.Off()"));
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
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor RequireGrad()
        {
            TensorHeader header = result.Checked("require a gradient");
            Dispatch.RequireFloat(result, "RequireGrad");
            if (header.Node is LeafNode) return result;
            if (header.Node is not null || header.Root is not null)
                throw new InvalidOperationException(WorkspaceException.Compose(
                    "require a gradient", TensorThrow.Describe(header), "it is computed from or shares memory with another tensor",
                    "ask before computing, or on a copy: x.Detach().Copy().RequireGrad()"));
            header.Node = new LeafNode(header, inSlab: false);
            return result.Keep(); // its gradient is read when its last use is long over
        }

        /// <summary>The gradient of a leaf, or null before the first <see cref="Backward"/>.</summary>
        public Tensor? Grad => (result.Described("read the gradient").Node as LeafNode)?.Gradient;

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
