namespace Workspaces.Autograd;

/// <summary>Switches for the recording of gradients.</summary>
public static class Gradients
{
    /// <summary>Stops recording until the returned scope is disposed, as for evaluation: <c>using (Gradients.Off()) …</c>.</summary>
    /// <returns>The scope.</returns>
    public static NoGradScope Off() => NoGradScope.Open();
}
