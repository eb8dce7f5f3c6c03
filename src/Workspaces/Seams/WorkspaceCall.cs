using Workspaces.Autograd;
using Workspaces.Memory;

namespace Workspaces.Seams;

/// <summary>One call of a model: a lease that is ambient on this thread only, a pass and a scope without gradients; ended together, in this order reversed.</summary>
internal readonly ref struct WorkspaceCall
{
    private readonly Workspace _workspace;
    private readonly Pass _pass;
    private readonly NoGradScope _noGradients;

    internal WorkspaceCall(Workspace workspace, scoped in PassSignature signature)
    {
        _workspace = workspace;
        try
        {
            _pass = workspace.EnterOnThread(signature).Pass;
            _noGradients = Gradients.Off();
        }
        catch
        {
            _pass.Dispose();
            workspace.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        try
        {
            _noGradients.Dispose();
            _pass.Dispose();
        }
        finally
        {
            _workspace.Dispose();
        }
    }
}
