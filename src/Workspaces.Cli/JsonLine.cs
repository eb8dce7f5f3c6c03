using System.Globalization;
using System.Text.Json.Nodes;
using Workspaces.Diagnostics;

namespace Workspaces.Cli;

/// <summary>The one JSON object that measurements print as their last line. Field names are fixed; units are in the names.</summary>
internal static class JsonLine
{
    /// <summary>Adds the memory fields that every measured model has.</summary>
    internal static JsonObject AddMemory(this JsonObject json, MemoryFigures memory)
    {
        json["managed_bytes_per_step"] = memory.ManagedBytesPerStep;
        json["gc_collections"] = memory.GcCollections;
        json["allocator_calls_per_step"] = memory.AllocatorCallsPerStep;
        json["steady_steps"] = memory.SteadySteps;
        json["arena_peak_bytes"] = memory.ArenaPeakBytes;
        json["learning_peak_bytes"] = memory.LearningPeakBytes;
        json["lower_bound_bytes"] = memory.LowerBoundBytes;
        json["persistent_bytes"] = memory.PersistentBytes;
        json["data_bytes"] = memory.DataBytes;
        json["spilled_bytes"] = memory.SpilledBytes;
        json["deviations"] = memory.Deviations;
        json["pass_state"] = memory.PassState;
        json["peak_rss_bytes"] = memory.PeakRssBytes;
        return json;
    }

    /// <summary>Prints the object on one line of standard output. NaN and infinity, which JSON lacks, become null.</summary>
    internal static void Print(JsonObject json) => Console.Out.WriteLine(json.ToJsonString());

    /// <summary>The number as every language of the system writes it here.</summary>
    internal static string Plain(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number, or null when JSON cannot say it.</summary>
    internal static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
