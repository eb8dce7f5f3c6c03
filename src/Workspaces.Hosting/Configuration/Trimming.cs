namespace Workspaces.Hosting.Configuration;

/// <summary>What those are told who trim or compile ahead of time.</summary>
internal static class Trimming
{
    internal const string Options =
        "Options are bound by reflection over their properties, which a trimmed program may lack. Make managers, workspaces and models in code there; "
        + "Workspaces and Workspaces.Memory are safe to trim.";

    internal const string Logs = "Serilog finds sinks and their options by reflection. Make the logger in code in a trimmed program.";
}
