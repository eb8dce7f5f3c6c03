using System.Text.Json;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Optim;

/// <summary>Learning-rate curves against torch.optim.lr_scheduler, whose recursive forms drift by some 1e-16.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ScheduleTests : IDisposable
{
    private const double Base = 0.2;
    private const double Tolerance = 1e-14;
    private readonly OptimizerBench _bench = new(DType.F64);

    public static TheoryData<int> Curves => [.. Enumerable.Range(0, OptimizerGolden.File.Schedules.Length)];

    public static TheoryData<int> Plateaus => [.. Enumerable.Range(0, OptimizerGolden.File.Plateaus.Length)];

    public void Dispose() => _bench.Dispose();

    private static LearningRateSchedule Make(OptimizerGolden.Curve curve)
    {
        return curve.Name switch
        {
            "step" => new StepSchedule((long)Number("every"), Number("gamma")),
            "multi_step" => new MultiStepSchedule(curve.Options["milestones"].EnumerateArray().Select(static item => item.GetInt64()), Number("gamma")),
            "exponential" => new ExponentialSchedule(Number("gamma")),
            "cosine" => new CosineSchedule((long)Number("total"), (long)Number("warmUp"), Number("minimum"), Number("start")),
            _ => new OneCycleSchedule(
                (long)Number("total"), Number("rise", 0.3), Number("divisor", 25), Number("final", 1e4), OptimizerGolden.Flag(curve.Options, "linear")),
        };

        double Number(string name, double otherwise = 0) => OptimizerGolden.Option(curve.Options, name, otherwise);
    }

    [Theory]
    [MemberData(nameof(Curves))]
    public void A_schedule_follows_that_of_PyTorch(int index)
    {
        OptimizerGolden.Curve curve = OptimizerGolden.File.Schedules[index];
        using var sgd = new Sgd([_bench.Parameters[0]], Base);
        ParameterGroup half = sgd.AddGroup([_bench.Parameters[1]], Base / 2);
        LearningRateSchedule schedule = Make(curve);
        var scheduler = new LearningRateScheduler(sgd, schedule);
        for (int step = 0; step < curve.Rates.Length; step++)
        {
            Assert.Equal(curve.Rates[step], sgd.LearningRate, Tolerance);
            Assert.Equal(schedule.RateAt(step, Base / 2), half.LearningRate);
            scheduler.OnEpoch(1);
            scheduler.OnStep();
        }

        Assert.Equal(curve.Rates.Length, scheduler.Position);
        scheduler.Position = 3; // a run continued elsewhere
        Assert.Equal(curve.Rates[3], sgd.LearningRate, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Plateaus))]
    public void Plateaus_lower_the_rate_when_PyTorch_lowers_it(int index)
    {
        OptimizerGolden.Plateau plateau = OptimizerGolden.File.Plateaus[index];
        Dictionary<string, JsonElement> options = plateau.Options;
        using var sgd = new Sgd([_bench.Parameters[0]], Base);
        sgd.AddGroup([_bench.Parameters[1]]);
        var scheduler = new ReduceOnPlateau(
            sgd, OptimizerGolden.Option(options, "factor"), (long)OptimizerGolden.Option(options, "patience"), OptimizerGolden.Option(options, "threshold"),
            (long)OptimizerGolden.Option(options, "cooldown"), OptimizerGolden.Option(options, "minimum"), OptimizerGolden.Flag(options, "higher"));
        for (int epoch = 0; epoch < plateau.Metrics.Length; epoch++)
        {
            scheduler.OnStep();
            scheduler.OnEpoch(plateau.Metrics[epoch]);
            Assert.Equal(plateau.Rates[epoch], sgd.LearningRate, Tolerance);
            Assert.Equal(plateau.Rates[epoch], sgd.Groups[1].LearningRate, Tolerance);
        }
    }

    [Fact]
    public void The_last_rate_of_a_finite_schedule_holds()
    {
        Assert.Equal(0.01, new CosineSchedule(10, minimum: 0.01).RateAt(1000, Base), Tolerance);
        Assert.Equal(Base / 100, new OneCycleSchedule(10, divisor: 10, finalDivisor: 10).RateAt(1000, Base), Tolerance);
        Assert.Equal(0, new ExponentialSchedule(0.5).RateAt(long.MaxValue, Base));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void One_cycle_has_a_rate_at_every_step_whatever_the_share_of_its_rise(double rise)
    {
        var schedule = new OneCycleSchedule(10, rise);
        for (int step = 0; step < 12; step++) Assert.InRange(schedule.RateAt(step, Base), Base / 25.0001e4, Base);
    }

    [Fact]
    public void Epochs_may_count_instead_of_steps_and_new_groups_come_in()
    {
        using var sgd = new Sgd([_bench.Parameters[0]], Base);
        var scheduler = new LearningRateScheduler(sgd, new StepSchedule(1, 0.5), ScheduleUnit.Epoch);
        scheduler.OnStep();
        Assert.Equal(Base, sgd.LearningRate);
        scheduler.OnEpoch(double.NaN);
        ParameterGroup late = sgd.AddGroup([_bench.Parameters[1]], 8);
        scheduler.OnEpoch(double.NaN);
        Assert.Equal((Base / 4, 2), (sgd.LearningRate, late.LearningRate));
    }

    [Fact]
    public void Wrong_numbers_are_refused()
    {
        using var sgd = new Sgd(_bench.Parameters, Base);
        ParameterGroupTests.Refused(() => new StepSchedule(0), "every");
        ParameterGroupTests.Refused(() => new StepSchedule(1, 0), "gamma");
        ParameterGroupTests.Refused(() => new MultiStepSchedule([3, 2]), "milestone 2 comes where at least 3");
        ParameterGroupTests.Refused(() => new MultiStepSchedule([0]), "milestone 0");
        ParameterGroupTests.Refused(() => new ExponentialSchedule(double.NaN), "gamma");
        ParameterGroupTests.Refused(() => new CosineSchedule(0), "totalSteps");
        ParameterGroupTests.Refused(() => new CosineSchedule(5, 5), "totalSteps");
        ParameterGroupTests.Refused(() => new CosineSchedule(5, -1), "warmUpSteps");
        ParameterGroupTests.Refused(() => new CosineSchedule(5, minimum: -1), "minimum");
        ParameterGroupTests.Refused(() => new CosineSchedule(5, warmUpStart: 1.5), "warmUpStart");
        ParameterGroupTests.Refused(() => new OneCycleSchedule(1), "totalSteps");
        ParameterGroupTests.Refused(() => new OneCycleSchedule(5, -0.1), "riseShare");
        ParameterGroupTests.Refused(() => new OneCycleSchedule(5, divisor: 0), "divisor");
        ParameterGroupTests.Refused(() => new OneCycleSchedule(5, finalDivisor: double.PositiveInfinity), "finalDivisor");
        ParameterGroupTests.Refused(() => new ReduceOnPlateau(sgd, factor: 1), "factor");
        ParameterGroupTests.Refused(() => new ReduceOnPlateau(sgd, patience: -1), "patience");
        ParameterGroupTests.Refused(() => new ReduceOnPlateau(sgd, cooldown: -1), "cooldown");
        ParameterGroupTests.Refused(() => new ReduceOnPlateau(sgd, threshold: double.NaN), "threshold");
        ParameterGroupTests.Refused(() => new LearningRateScheduler(sgd, new StepSchedule(1)).Position = -1, "Position");
        Assert.Throws<ArgumentNullException>(() => new LearningRateScheduler(null!, new StepSchedule(1)));
    }

    [Fact]
    public void Schedules_make_no_garbage()
    {
        using var sgd = new Sgd(_bench.Parameters, Base);
        var cosine = new LearningRateScheduler(sgd, new CosineSchedule(1_000_000, 10));
        var plateau = new ReduceOnPlateau(sgd, patience: 1);
        Garbage.AssertNone(200, () =>
        {
            cosine.OnStep();
            plateau.OnEpoch(1);
        });
    }
}
