using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Moving all arrays of a model.</summary>
public static class ModuleMoves
{
    extension(Module model)
    {
        /// <summary>
        /// Moves all parameters to the persistent memory of another manager, in order, so that they lie there one after the other. All move or, after an exception, none. Gradients
        /// that were applied are released. An optimizer made before refuses its next step: make a new one.
        /// </summary>
        /// <param name="manager">The new owner; of the parameters that it owns already none moves.</param>
        /// <exception cref="InvalidOperationException">The tape holds a parameter, or a gradient waits for an optimizer.</exception>
        /// <exception cref="StaleAccessException">The model was disposed.</exception>
        /// <exception cref="ShapesOnlyException">The ambient pass, or the manager, computes nothing: values would be lost.</exception>
        /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
        public void MoveTo(WorkspaceManager manager)
        {
            ArgumentNullException.ThrowIfNull(manager);
            Parameter[] moving = [.. model.Parameters.Where(parameter => !ReferenceEquals(parameter.Manager, manager))];
            if (moving.Length == 0) return;
            if (TensorFrames.IsTracing || manager.ShapesOnly)
                throw new ShapesOnlyException(
                    "move a model", model.Name, "the ambient pass is traced on shapes alone, or the manager computes nothing, so the values would be lost",
                    "move it outside such passes, to a manager that computes");
            foreach (Parameter parameter in moving) parameter.CheckMovable();
            var copies = new List<Tensor>(moving.Length);
            try
            {
                foreach (Parameter parameter in moving) copies.Add(parameter.CopyTo(manager));
            }
            catch
            {
                foreach (Tensor copy in copies) copy.Dispose();
                throw;
            }

            for (int i = 0; i < moving.Length; i++) moving[i].MoveTo(manager, copies[i]);
        }

        /// <summary>Moves all parameters to where parameters of a workspace live: the persistent memory of its manager. They outlive its passes and leases.</summary>
        /// <param name="workspace">The workspace; leased.</param>
        /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
        /// <exception cref="InvalidOperationException">The tape holds a parameter, or a gradient waits for an optimizer.</exception>
        /// <exception cref="StaleAccessException">The model was disposed.</exception>
        /// <exception cref="ShapesOnlyException">The ambient pass, or the manager, computes nothing: values would be lost.</exception>
        /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
        public void MoveTo(Workspace workspace)
        {
            ArgumentNullException.ThrowIfNull(workspace);
            if (!workspace.IsLeased) Throw.Disposed(workspace, "move a model to it");
            model.MoveTo(workspace.Manager);
        }
    }
}
