namespace Workspaces.Cli;

/// <summary>What the program's configuration says of tiered compilation; the environment can say otherwise and is not asked.</summary>
internal static class Tiers
{
    /// <summary>Whether methods are compiled quickly first and again when they are called often.</summary>
    internal static bool AreOn => IsOn("System.Runtime.TieredCompilation");

    /// <summary>Whether methods with loops are, too.</summary>
    internal static bool HoldLoops => AreOn && IsOn("System.Runtime.TieredCompilation.QuickJitForLoops");

    private static bool IsOn(string name) => !AppContext.TryGetSwitch(name, out bool on) || on;
}
