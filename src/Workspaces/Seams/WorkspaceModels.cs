using Workspaces.Memory;
using Workspaces.NN;

namespace Workspaces.Seams;

/// <summary>Models for code that knows nothing of workspaces.</summary>
public static class WorkspaceModels
{
    extension(Module model)
    {
        /// <summary>
        /// Wraps the model into a callable that enters a workspace, runs without gradients, hands the result over and resets. The model is switched to evaluation and stays the
        /// caller's; see <see cref="WorkspaceModel"/>.
        /// </summary>
        /// <param name="configuration">The workspace of the calls; null for the defaults. Without a name it gets one of its own, and its memory is freed with the callable.</param>
        /// <param name="manager">Owner of the workspace; null for the one of the model's parameters.</param>
        /// <returns>The callable.</returns>
        /// <exception cref="ConfigurationException">The configuration cannot run.</exception>
        public WorkspaceModel InWorkspace(WorkspaceConfiguration? configuration = null, WorkspaceManager? manager = null)
        {
            ArgumentNullException.ThrowIfNull(model);
            model.Eval();
            return new WorkspaceModel(model, configuration, manager ?? (model.Parameters is [var first, ..] ? first.Manager : null));
        }
    }
}
