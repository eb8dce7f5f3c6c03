namespace Workspaces.Memory.Planning;

/// <summary>The verdict of <see cref="PlanValidator"/>.</summary>
/// <param name="Flaw">What is wrong, or <see cref="PlanFlaw.None"/>.</param>
/// <param name="Message">The buffers and numbers concerned; empty for a valid plan.</param>
public readonly record struct PlanValidation(PlanFlaw Flaw, string Message)
{
    /// <summary>Whether the plan may be used.</summary>
    public bool IsValid => Flaw == PlanFlaw.None;
}
