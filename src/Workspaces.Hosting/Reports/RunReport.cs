using System.Text;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Memory.Files;
using Workspaces.Memory.Recording;
using Workspaces.Memory.Tracking;
using Workspaces.Train;

namespace Workspaces.Hosting.Reports;

/// <summary>
/// What a report shows, as plain data: passes with their blocks, curves, memory kinds, configuration and findings. <see cref="Write"/> makes one HTML file of it that
/// needs no network. Whatever is left empty is left out of the page.
/// </summary>
public sealed record RunReport
{
    /// <summary>What the page is headed with, e.g. the name of the run file.</summary>
    public required string Title { get; init; }

    /// <summary>A line below it: what was run.</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>When the report was made.</summary>
    public DateTimeOffset Made { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>The passes to show, each with its blocks.</summary>
    public required IReadOnlyList<RecordedPass> Passes { get; init; }

    /// <summary>Names of passes by their signature.</summary>
    public IReadOnlyDictionary<PassSignature, string> PassNames { get; init; } = new Dictionary<PassSignature, string>();

    /// <summary>All passes in order, equal ones together.</summary>
    public IReadOnlyList<PassRun> Runs { get; init; } = [];

    /// <summary>Loss and throughput over the steps.</summary>
    public IReadOnlyList<CurvePoint> Curve { get; init; } = [];

    /// <summary>The epochs that are complete.</summary>
    public IReadOnlyList<EpochResult> Epochs { get; init; } = [];

    /// <summary>Steps of a whole epoch, so that the end of each stands at its step; 0 when it is not known.</summary>
    public long StepsPerEpoch { get; init; }

    /// <summary>Memory of all workspaces by kind; null when it was not measured.</summary>
    public MemoryReport? Memory { get; init; }

    /// <summary>Bytes that outlive passes and lie in no picture, by name: parameters, their gradients, optimizer state, batches.</summary>
    public IReadOnlyList<(string Name, long Bytes)> Persistent { get; init; } = [];

    /// <summary>All values that the run uses, with where each comes from.</summary>
    public IReadOnlyList<EffectiveValue> Configuration { get; init; } = [];

    /// <summary>What the detectors found.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>How long to look for a plan of a pass that had none and whose blocks have no places.</summary>
    public TimeSpan PlanningTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The page as text.</summary>
    /// <returns>One HTML document without references to anything outside it.</returns>
    /// <exception cref="WorkspaceException">There is nothing to show: no pass, or none with bytes.</exception>
    public string ToHtml() => ReportPage.Of(this);

    /// <summary>Writes the page. An old file is replaced once the new one is complete.</summary>
    /// <param name="path">The HTML file, in a folder that exists.</param>
    /// <exception cref="WorkspaceException">There is nothing to show: no pass, or none with bytes.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string page = ToHtml();
        AtomicFile.Write(path, nameof(RunReport), stream => stream.Write(Encoding.UTF8.GetBytes(page)), toDisk: false);
    }
}
