// Sends metrics and spans of a training run to an OpenTelemetry collector by OTLP, e.g. to http://127.0.0.1:4318 where collectors listen. The library itself needs no
// package for it: meter and source of the base library are named "Workspaces". Settings: configs/otlp-export.json, or another file as first argument; other arguments are settings, e.g.
// Otlp:Endpoint=http://127.0.0.1:9999. Where nobody listens, training goes on all the same. It prints
//
//   exporting to http://127.0.0.1:…
//   trained … steps, test accuracy … %
//   metrics: …
//   spans: …
using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
RunConfiguration configuration = Example.Load(args, "otlp-export.json", sections: ["Otlp"]);
OtlpOptions options = configuration.GetOptions<OtlpOptions>("Otlp");
ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService("otlp-export");

using MeterProvider meters = Sdk.CreateMeterProviderBuilder()
    .SetResourceBuilder(resource)
    .AddMeter("Workspaces")
    .AddOtlpExporter((exporter, reader) =>
    {
        Configure(exporter, "metrics");
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = options.Seconds * 1000;
    })
    .Build();
using var spans = new SpanExporter(Configure(new OtlpExporterOptions(), "traces"));
using TracerProvider traces = Sdk.CreateTracerProviderBuilder()
    .SetResourceBuilder(resource)
    .AddSource("Workspaces")
    .AddProcessor(new BatchActivityExportProcessor(spans))
    .Build();
Console.WriteLine($"exporting to {options.Endpoint}");

using (TrainingRun run = TrainingRun.Create(configuration))
{
    TrainResult result = run.Train();
    Console.WriteLine($"trained {result.Steps} steps, test accuracy {result.TestAccuracy:P2}");

    // What is still waiting goes out now, while the workspaces are there to be measured.
    int patience = options.TimeoutSeconds * 1000;
    Console.WriteLine($"metrics: {(meters.ForceFlush(patience) ? "sent" : "nobody took them")}");
    Console.WriteLine($"spans: {(traces.ForceFlush(patience) ? spans.Outcome : "nobody took them in time")}");
}

OtlpExporterOptions Configure(OtlpExporterOptions exporter, string signal)
{
    exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
    exporter.Endpoint = new Uri($"{options.Endpoint.TrimEnd('/')}/v1/{signal}");
    exporter.TimeoutMilliseconds = options.TimeoutSeconds * 1000;
    return exporter;
}
