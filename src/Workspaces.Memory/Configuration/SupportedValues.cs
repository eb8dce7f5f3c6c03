namespace Workspaces.Memory.Configuration;

/// <summary>
/// What this version runs, as the list of what it does not run yet. Building a behaviour ends with deleting its line here:
/// validation, the stand-ins and the Information line follow.
/// </summary>
internal static class SupportedValues
{
    private static readonly UnbuiltValue[] NotBuilt = [];

    internal static bool IsBuilt(WorkspaceKey key, object? value) => Find(key, value) is null;

    /// <summary>The problem of a written value that does not run, null when it runs.</summary>
    internal static ConfigurationProblem? Problem(string path, WorkspaceKey key, object? value)
    {
        if (Find(key, value) is null) return null;
        var built = Alternatives(value!).Where(candidate => IsBuilt(key, candidate)).Select(WorkspaceValues.Text);
        var choices = string.Join(" or ", built);
        return new ConfigurationProblem(
            $"{path}:{key}",
            $"{key} = {WorkspaceValues.Text(value)} is not built yet",
            $"this version runs {choices}",
            $"Write {choices}, or leave the key out");
    }

    internal static WorkspaceConfiguration Effective(WorkspaceConfiguration configuration)
    {
        var effective = configuration;
        foreach (var unbuilt in NotBuilt)
            if (StandsIn(configuration, unbuilt)) effective = unbuilt.Replace!(effective);
        return effective;
    }

    internal static string? DescribeStandIns(WorkspaceConfiguration configuration)
    {
        var standIns = NotBuilt
            .Where(unbuilt => StandsIn(configuration, unbuilt))
            .Select(unbuilt => $"{unbuilt.Key} {WorkspaceValues.Text(unbuilt.Value)} runs as {unbuilt.StandIn}")
            .ToArray();
        return standIns.Length == 0 ? null : string.Join("; ", standIns);
    }

    private static bool StandsIn(WorkspaceConfiguration configuration, UnbuiltValue unbuilt) =>
        unbuilt.Replace is not null
        && !configuration.IsWritten(unbuilt.Key)
        && unbuilt.Value.Equals(WorkspaceValues.Of(configuration, unbuilt.Key));

    private static UnbuiltValue? Find(WorkspaceKey key, object? value) =>
        Array.Find(NotBuilt, unbuilt => unbuilt.Key == key && unbuilt.Value.Equals(value));

    /// <summary>All values that <paramref name="value"/> could have had.</summary>
    private static IEnumerable<object> Alternatives(object value) => value is bool
        ? [false, true]
        : Enum.GetValuesAsUnderlyingType(value.GetType()).Cast<object>().Distinct()
            .Select(number => Enum.ToObject(value.GetType(), number));
}
