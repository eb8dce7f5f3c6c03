using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Tables of what a model consists of.</summary>
public static class ModuleSummaries
{
    extension(Module model)
    {
        /// <summary>Runs the model once on shapes alone, as it is now (training or evaluation, recording or not), and tells what each layer gives and takes.</summary>
        /// <remarks>
        /// Containers of Workspaces show what is inside them; a module of another kind is one line, with all its parameters. Nothing is computed or changed.
        /// </remarks>
        /// <param name="inputShape">Shape of the input, with the batch.</param>
        /// <param name="dtype">Type of the input.</param>
        /// <returns>The summary.</returns>
        /// <exception cref="ShapeException">The model does not take such an input.</exception>
        /// <exception cref="ShapesOnlyException">A layer reads values.</exception>
        public ModuleSummary Summarize(Shape inputShape, DType dtype = DType.F32)
        {
            ArgumentNullException.ThrowIfNull(model);
            using WorkspaceManager manager = WorkspaceManager.ForShapes();
            using Workspace workspace = manager.Lease(new WorkspaceConfiguration());
            ModuleObserver observer;
            using (workspace.Enter())
            {
                observer = new ModuleObserver(TensorFrames.Current);
                Tensor input = Tensor.Empty(inputShape, dtype);
                var chain = new Intermediates(TensorFrames.Current); // made after the input, which is not its own
                observer.Run("", model, input, ref chain);
            }

            return new ModuleSummary(inputShape, dtype, observer.Layers(workspace.LastTrace!));
        }
    }
}
