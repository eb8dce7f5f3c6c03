// What a program measures of its workspaces, printed by a listener of its own: the meter "Workspaces" needs no package, and costs nothing while nobody listens.
// Settings: configs/metrics.json, or another file as first argument; other arguments are settings, e.g. Training:MaxSteps=10. The cap in the file is too small on
// purpose, so that something spills. It prints
//
//   (a line a plan:)
//   span workspaces.plan of step, first_pass, … ms
//   span workspaces.epoch, … ms with … steps inside
//   workspaces.leases.live {lease} …
//   workspaces.memory.committed By workspace.memory.kind=allocated workspace.name=persistent …
//   workspaces.passes {pass} workspace.name=step workspace.pass.result=planned …
//   workspaces.plan.lower_bound By workspace.name=step …
//   workspaces.plans.cached {plan} workspace.name=step …
//   workspaces.spill.size By workspace.name=step …
//   workspaces.train.loss 1 workspaces.train.phase=train …
//   workspaces.train.steps {step} …
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var last = new SortedDictionary<string, double>(StringComparer.Ordinal); // by name, unit and tags; counters that are not observed are added up

// 1. Metrics: instruments are announced to a listener, which chooses. Counters of steps come when they are counted, all else when it is asked for.
using var meters = new MeterListener
{
    InstrumentPublished = static (instrument, listener) =>
    {
        if (instrument.Meter.Name == "Workspaces") listener.EnableMeasurementEvents(instrument);
    },
};
meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
meters.Start();

// 2. Spans: a listener of the source of the same name gets one for each epoch, step and plan.
int steps = 0;
using var spans = new ActivityListener
{
    ShouldListenTo = static source => source.Name == "Workspaces",
    Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    ActivityStopped = span =>
    {
        string time = $"{span.Duration.TotalMilliseconds:F1} ms";
        if (span.OperationName == "workspaces.step") steps++;
        if (span.OperationName == "workspaces.epoch") Console.WriteLine($"span {span.OperationName}, {time} with {steps} steps inside");
        if (span.OperationName == "workspaces.plan")
            Console.WriteLine($"span {span.OperationName} of {span.GetTagItem("workspace.name")}, {span.GetTagItem("workspace.plan.reason")}, {time}");
    },
};
ActivitySource.AddActivityListener(spans);

RunConfiguration configuration = Example.Load(args, "metrics.json");
using TrainingRun run = TrainingRun.Create(configuration);
run.Train();
meters.RecordObservableInstruments();
foreach ((string key, double value) in last.Where(static entry => entry.Value != 0)) Console.WriteLine($"{key} {value:0.####}");

void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
{
    var words = new List<string>();
    foreach (KeyValuePair<string, object?> tag in tags) words.Add($"{tag.Key}={tag.Value}");
    words.Sort(StringComparer.Ordinal);
    string key = string.Join(' ', [instrument.Name, instrument.Unit!, .. words]);
    last[key] = value + (instrument is Counter<long> ? last.GetValueOrDefault(key) : 0);
}
