namespace Workspaces.Autograd;

/// <summary>Finds the op where NaN or infinity first appears, forward or backward: <c>using (Anomalies.Detect()) …</c>.</summary>
public static class Anomalies
{
    /// <summary>
    /// Until the returned scope is disposed, the outputs of every op are checked, and the first NaN or infinity throws an error that names the op, its
    /// shapes and, on the way back, the op whose backward half it is. Tensors that the tape saves meanwhile are hashed too, so that <c>Backward</c> also
    /// notices what no version tells: a write through a span, a pointer or native code. Takes one more walk over every output; costs nothing when off.
    /// </summary>
    /// <param name="infinities">False to let infinities pass, as for scores that are masked with -∞.</param>
    /// <returns>The scope. It belongs to the ambient pass and to passes entered inside it; outside every workspace to the thread, in whatever pass it works.</returns>
    public static AnomalyScope Detect(bool infinities = true) => new(infinities);
}
