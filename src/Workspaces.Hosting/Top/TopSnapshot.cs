using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workspaces.Hosting.Top;

/// <summary>What a process shows to <c>workspaces top</c>: one line of JSON, with names in snake case.</summary>
public sealed record TopSnapshot
{
    /// <summary>Version of the line.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Number of the process.</summary>
    public int Pid { get; init; }

    /// <summary>Its name.</summary>
    public string Process { get; init; } = "";

    /// <summary>Seconds since it began to answer.</summary>
    public double Seconds { get; init; }

    /// <summary>Physical memory of the process.</summary>
    public long WorkingSetBytes { get; init; }

    /// <summary>Managed objects.</summary>
    public long ManagedBytes { get; init; }

    /// <summary>Garbage collections so far.</summary>
    public int GcCollections { get; init; }

    /// <summary>What the budgets have given out.</summary>
    public long BudgetUsedBytes { get; init; }

    /// <summary>What they may give out; 0 without a limit.</summary>
    public long BudgetLimitBytes { get; init; }

    /// <summary>Leases that are open and lost.</summary>
    public int LeakedWorkspaces { get; init; }

    /// <summary>How far training is; null when nothing trains.</summary>
    public TopTraining? Training { get; init; }

    /// <summary>A row a name.</summary>
    public IReadOnlyList<TopWorkspace> Workspaces { get; init; } = [];

    /// <summary>A row a name that has pools.</summary>
    public IReadOnlyList<TopPool> Pools { get; init; } = [];

    /// <summary>Findings so far, as far as they are kept.</summary>
    public int FindingCount { get; init; }

    /// <summary>The last of them, oldest first.</summary>
    public IReadOnlyList<TopFinding> Findings { get; init; } = [];

    /// <summary>Why the process shows nothing; null when it does.</summary>
    public string? Refusal { get; init; }

    /// <summary>The line, without its end.</summary>
    /// <returns>JSON.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, TopJson.Default.TopSnapshot);

    internal byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, TopJson.Default.TopSnapshot), (byte)'\n'];

    /// <summary>The same with rates, from what was shown before.</summary>
    internal TopSnapshot Since(TopSnapshot? before)
    {
        if (before is null || Seconds <= before.Seconds) return this;
        double seconds = Seconds - before.Seconds;
        var known = before.Workspaces.ToDictionary(static row => row.Name, StringComparer.OrdinalIgnoreCase);
        return this with
        {
            Training = Training is null ? null : Training with { StepsPerSecond = (Training.Steps - (before.Training?.Steps ?? 0)) / seconds },
            Workspaces = [.. Workspaces.Select(row => Rated(row, known.GetValueOrDefault(row.Name) ?? new TopWorkspace(), seconds))],
        };
    }

    private static TopWorkspace Rated(TopWorkspace row, TopWorkspace before, double seconds) => row with
    {
        PassesPerSecond = (row.Passes - before.Passes) / seconds,
        SpilledBytesPerSecond = (row.SpilledBytes - before.SpilledBytes) / seconds,
    };
}

/// <summary>Writes and reads the line without looking at types while the program runs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(TopSnapshot))]
internal sealed partial class TopJson : JsonSerializerContext;
