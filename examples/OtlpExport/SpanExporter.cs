using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

/// <summary>Exports spans and remembers whether somebody took them: a flush says only that the queue is empty, and what is lost has left it too.</summary>
internal sealed class SpanExporter(OtlpExporterOptions options) : OtlpTraceExporter(options)
{
    private int _batches, _lost;

    /// <summary>What became of the spans so far.</summary>
    internal string Outcome => _lost == 0 ? "sent" : _lost == _batches ? "nobody took them" : $"{_lost} of {_batches} batches were lost";

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        ExportResult result = base.Export(activityBatch);
        Interlocked.Increment(ref _batches);
        if (result != ExportResult.Success) Interlocked.Increment(ref _lost);
        return result;
    }
}
