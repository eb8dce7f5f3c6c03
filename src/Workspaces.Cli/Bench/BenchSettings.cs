using System.Globalization;
using Workspaces.Memory;
using Workspaces.Memory.Configuration;

namespace Workspaces.Cli.Bench;

/// <summary>What a measured case runs with; each can be compared by <c>--ab KEY=A,B</c>.</summary>
internal sealed record BenchSettings
{
    private const int MostThreads = 1024;

    /// <summary>What a kernel alone reads.</summary>
    internal static readonly string[] KeysOfKernels = ["threads"];

    /// <summary>What passes read.</summary>
    internal static readonly string[] KeysOfPasses = [.. KeysOfKernels, "checks", "lifetimes", "sites", "workspace", "cycles", "telemetry"];

    /// <summary>What models that infer read.</summary>
    internal static readonly string[] Keys = [.. KeysOfPasses, "packed"];

    internal int Threads
    {
        get;
        init => field = value is >= 1 and <= MostThreads
            ? value : throw Bad("threads", value.ToString(CultureInfo.InvariantCulture), $"a number from 1 to {MostThreads}");
    } = 1;

    internal string? Checks { get; init; }

    internal string? Lifetimes { get; init; }

    /// <summary>off, or one in how many places of allocations and releases are looked up.</summary>
    internal string Sites { get; init; } = "off";

    internal string Workspace { get; init; } = "on";

    /// <summary>Whether the cycle detector runs: on or off.</summary>
    internal string Cycles { get; init; } = "on";

    /// <summary>Whether meters and events see the manager: on or off.</summary>
    internal string Telemetry { get; init; } = "on";

    /// <summary>Whether models that infer keep packed copies of their weights: on or off.</summary>
    internal string Packed { get; init; } = "on";

    /// <summary>Whether <see cref="Packed"/> is on.</summary>
    internal bool PacksWeights => Packed switch
    {
        "on" => true,
        "off" => false,
        _ => throw Bad("packed", Packed, "on or off"),
    };

    /// <summary>These settings with one key changed.</summary>
    internal BenchSettings With(string key, string value) => key.ToLowerInvariant() switch
    {
        "threads" => this with { Threads = int.TryParse(value, out int count) ? count : throw Bad("threads", value, $"a number from 1 to {MostThreads}") },
        "checks" => this with { Checks = value },
        "lifetimes" => this with { Lifetimes = value },
        "sites" => this with { Sites = value },
        "workspace" => this with { Workspace = value },
        "cycles" => this with { Cycles = value },
        "telemetry" => this with { Telemetry = value },
        "packed" => this with { Packed = value },
        _ => throw new ArgumentException(WorkspaceException.Compose(
            $"compare by '{key}'", "bench --ab", $"the keys are {string.Join(", ", Keys)}", "write e.g. --ab workspace=on,off")),
    };

    /// <summary>The step workspace of a case.</summary>
    internal WorkspaceConfiguration Step()
    {
        var configuration = new WorkspaceConfiguration { Name = "step" };
        if (Checks is not null) configuration = configuration with { Checks = Parse<CheckMode>("checks", Checks) };
        if (Lifetimes is not null) configuration = configuration with { Lifetimes = Parse<LifetimePolicy>("lifetimes", Lifetimes) };
        configuration = Cycles switch
        {
            "on" => configuration,
            "off" => configuration with { UseCycleDetector = false },
            _ => throw Bad("cycles", Cycles, "on or off"),
        };
        return Workspace switch
        {
            "on" => configuration,
            "off" => configuration with { WorkspaceMode = WorkspaceMode.None },
            _ => throw Bad("workspace", Workspace, "on or off"),
        };
    }

    /// <summary>The manager of a case, which the case disposes.</summary>
    internal WorkspaceManager Manager()
    {
        int oneIn = 0;
        if (Sites != "off" && !(int.TryParse(Sites, NumberStyles.None, CultureInfo.InvariantCulture, out oneIn) && oneIn > 0))
            throw Bad("sites", Sites, "off, or a number from 1 on: one in how many is looked up");
        bool isWatched = Telemetry switch
        {
            "on" => true,
            "off" => false,
            _ => throw Bad("telemetry", Telemetry, "on or off"),
        };
        var manager = new WorkspaceManager(new WorkspaceManagerConfiguration { Telemetry = isWatched });
        if (oneIn > 0) manager.RecordSites(oneIn); // to the end of the manager
        return manager;
    }

    private static T Parse<T>(string key, string value)
        where T : struct, Enum =>
        EnumNames.TryParse(typeof(T), value, out object? parsed) ? (T)parsed! : throw Bad(key, value, EnumNames.Allowed(typeof(T)));

    private static ArgumentException Bad(string key, string value, string allowed) =>
        new(WorkspaceException.Compose($"run with {key} '{value}'", "bench", $"{key} is {allowed}", "choose one of these"));
}
