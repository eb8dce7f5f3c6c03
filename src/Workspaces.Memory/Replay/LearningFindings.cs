using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Replay;

/// <summary>The texts of what learning has to say, four parts each.</summary>
internal static class LearningFindings
{
    internal static Finding DoesNotSettle(string? workspace) => new(
        FindingCodes.PlansDoNotSettle, FindingSeverity.Warning, workspace ?? "(unnamed)", WorkspaceException.Compose(
            "learn a plan", $"passes of workspace '{workspace ?? "(unnamed)"}'",
            "more than 4 plans were made in each of 3 times 100 passes; no more are made for passes that begin like these, and what fits no plan is served online",
            "give each kind of pass its own key (Enter(signature)), or pad inputs to a few sizes"));

    internal static Finding PlansNotLoaded(string? workspace, string file, string why) => new(
        FindingCodes.PlansNotLoaded, FindingSeverity.Warning, workspace ?? "(unnamed)", WorkspaceException.Compose(
            $"load plans from '{file}'", $"workspace '{workspace ?? "(unnamed)"}'", why, "nothing is lost: passes are learned again; save the plans anew with SavePlans"));

    internal static Finding PlansGiveWay(WorkspaceConfiguration configuration, int returns) => new(
        FindingCodes.ConfigurationDoesNotFit, FindingSeverity.Warning, configuration.Name ?? "(unnamed)", WorkspaceException.Compose(
            $"keep plans with MaxPlans = {configuration.MaxPlans}", $"workspace '{configuration.Name ?? "(unnamed)"}'",
            $"{returns} times a kind of pass came again whose plan had given way to others",
            $"raise Workspaces:{configuration.Name ?? "(unnamed)"}:MaxPlans, pad inputs to a few sizes, or leave what changes all the time out of the signature"));

    internal static Finding NeedsKey(string? workspace, long one, long other, long joined) => new(
        FindingCodes.PassesDiffer, FindingSeverity.Information, workspace ?? "(unnamed)", WorkspaceException.Compose(
            "plan passes of one signature", $"workspace '{workspace ?? "(unnamed)"}'",
            $"two kinds of pass alternate; plans of {one} and {other} bytes would need {joined} bytes together, so each is tried in turn",
            "tell them apart by a key: Enter(new PassSignature().With(kind))"));
}
