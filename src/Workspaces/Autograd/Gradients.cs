using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>Switches for the recording of gradients.</summary>
public static class Gradients
{
    /// <summary>True while ops on tensors that require gradients are recorded; false inside <see cref="Off"/>.</summary>
    public static bool AreRecorded => NoGradScope.IsRecording(TensorFrames.Current);

    /// <summary>Stops recording until the returned scope is disposed, as for evaluation: <c>using (Gradients.Off()) …</c>.</summary>
    /// <returns>The scope.</returns>
    public static NoGradScope Off() => NoGradScope.Open();
}
