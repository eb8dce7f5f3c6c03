using System.Collections.Concurrent;
using System.Diagnostics;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Tests.Telemetry;

/// <summary>Spans of epochs, steps and planning.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ActivityTests
{
    [Fact]
    public void A_run_has_a_span_for_each_epoch_with_its_steps_inside_and_for_each_plan()
    {
        var spans = new ConcurrentQueue<Activity>();
        using (Listen(spans.Enqueue)) Train("Training:Epochs=2", "Training:MaxSteps=31", "Data:BatchSize=500");

        Activity[] epochs = [.. spans.Where(static span => span.OperationName == "workspaces.epoch")];
        Activity[] steps = [.. spans.Where(static span => span.OperationName == "workspaces.step")];
        Assert.Equal([1, 2], epochs.Select(static span => span.GetTagItem("workspaces.train.epoch")));
        Assert.Equal(Enumerable.Range(1, steps.Length).Select(static step => (object?)(long)step), steps.Select(static span => span.GetTagItem("workspaces.train.step")));
        Assert.All(steps, step => Assert.Contains(epochs, epoch => epoch.SpanId == step.ParentSpanId));
        Assert.All(epochs, epoch => Assert.True(steps.Where(step => step.ParentSpanId == epoch.SpanId).Aggregate(TimeSpan.Zero, static (sum, step) => sum + step.Duration) <= epoch.Duration));
        Activity plan = spans.First(static span => span.OperationName == "workspaces.plan");
        Assert.Equal(("step", "first_pass"), (plan.GetTagItem("workspace.name"), plan.GetTagItem("workspace.plan.reason")));
        Assert.True(plan.GetTagItem("workspace.plan.peak") is > 0L);
        Assert.True(plan.Duration > TimeSpan.Zero);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Without_a_listener_there_is_no_span()
    {
        Train("Training:MaxSteps=3");
        Assert.False(WorkspaceTelemetry.Activities.HasListeners());
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void A_span_around_a_run_is_the_parent_of_its_epochs_and_stays()
    {
        var spans = new ConcurrentQueue<Activity>();
        using ActivityListener listener = Listen(spans.Enqueue);
        using var around = new Activity("around");
        around.Start();
        Train("Training:MaxSteps=3");

        Assert.Same(around, Activity.Current);
        Assert.Equal(around.SpanId, spans.Single(static span => span.OperationName == "workspaces.epoch").ParentSpanId);
    }

    private static void Train(params string[] settings)
    {
        RunConfiguration configuration = RunConfiguration.Load(
            Path.Combine(TestFolders.Root, "configs", "metrics.json"), ["Workspaces:step:MaxSize=0", "Workspaces:step:PolicySpill=External", .. settings]);
        using TrainingRun run = TrainingRun.Create(configuration);
        run.Train();
    }

    private static ActivityListener Listen(Action<Activity> stopped)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == WorkspaceTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = stopped,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
