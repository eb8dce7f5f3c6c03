namespace Workspaces.Memory.Tracking;

/// <summary>The texts of what the cycle detector has to say, four parts each.</summary>
internal static class CycleFindings
{
    internal static Finding Circles(string workspace, string path, int returns) => new(
        FindingCodes.NestsInCircles, FindingSeverity.Warning, workspace, WorkspaceException.Compose(
            "enter workspaces in circles", $"workspace '{workspace}'", $"it was entered again from inside others {returns} times: {path}",
            "leave the inner pass before the outer workspace is entered again, or do the work of all rounds in one pass"));

    internal static Finding Nests(string workspace, int depth) => new(
        FindingCodes.NestsInCircles, FindingSeverity.Warning, workspace, WorkspaceException.Compose(
            "enter a pass inside itself without an end", $"workspace '{workspace}'", $"its passes are nested {depth} deep, each with an arena of its own",
            "dispose each pass before the next one is entered, best by a using declaration inside the loop; give a recursion one pass around it"));

    internal static Finding ChainGrows(string workspace, string by, long ops, string path) => new(
        FindingCodes.ChainGrows, FindingSeverity.Warning, workspace, WorkspaceException.Compose(
            "record a chain of ops without an end", by, $"{ops} recorded ops are kept, and more come; the last ones: {path}",
            "carry a state on by state.Detach() (then MoveTo what lives longer), run Backward, or compute inside Gradients.Off() where no gradient is wanted"));
}
