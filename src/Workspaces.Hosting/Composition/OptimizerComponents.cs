using System.Diagnostics.CodeAnalysis;
using Workspaces.Hosting.Configuration;
using Workspaces.Optim;

namespace Workspaces.Hosting.Composition;

/// <summary>The optimizers and learning-rate schedules that come with Workspaces.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class OptimizerComponents
{
    internal const string Groups = "Groups";
    internal const string Schedule = "Schedule";

    internal static void Register(Components components)
    {
        RegisterOptimizers(components);
        RegisterSchedules(components);
    }

    private static void RegisterOptimizers(Components components) => components.Optimizers
        .Register<SgdOptions>("Sgd", static (options, _) => parameters =>
            new Sgd(parameters, options.LearningRate, options.Momentum, options.WeightDecay, options.Nesterov, options.Dampening))
        .Register<AdamOptions>("Adam", static (options, _) => parameters =>
            new Adam(parameters, options.LearningRate, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay, options.AmsGrad))
        .Register<AdamWOptions>("AdamW", static (options, _) => parameters =>
            new AdamW(parameters, options.LearningRate, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay, options.AmsGrad))
        .Register<RmsPropOptions>("RmsProp", static (options, _) => parameters =>
            new RmsProp(parameters, options.LearningRate, options.Alpha, options.Epsilon, options.WeightDecay, options.Momentum, options.Centered))
        .Register<AdagradOptions>("Adagrad", static (options, _) => parameters =>
            new Adagrad(parameters, options.LearningRate, options.LearningRateDecay, options.WeightDecay, options.InitialAccumulator, options.Epsilon))
        .Register<LionOptions>("Lion", static (options, _) => parameters =>
            new Lion(parameters, options.LearningRate, options.Beta1, options.Beta2, options.WeightDecay));

    private static void RegisterSchedules(Components components) => components.Schedules
        .Register<StepScheduleOptions>("Step", static (options, _) => (optimizer, _) =>
            new LearningRateScheduler(optimizer, new StepSchedule(options.Every, options.Gamma), options.Per))
        .Register<MultiStepScheduleOptions>("MultiStep", static (options, _) =>
        {
            var schedule = new MultiStepSchedule(options.Milestones!, options.Gamma);
            return (optimizer, _) => new LearningRateScheduler(optimizer, schedule, options.Per);
        })
        .Register<ExponentialScheduleOptions>("Exponential", static (options, _) => (optimizer, _) =>
            new LearningRateScheduler(optimizer, new ExponentialSchedule(options.Gamma), options.Per))
        .Register<CosineScheduleOptions>("Cosine", static (options, _) => (optimizer, length) => new LearningRateScheduler(
            optimizer,
            new CosineSchedule(Total(options.TotalSteps, options.Per, length), options.WarmUpSteps, options.Minimum, options.WarmUpStart),
            options.Per))
        .Register<OneCycleScheduleOptions>("OneCycle", static (options, _) => (optimizer, length) => new LearningRateScheduler(
            optimizer,
            new OneCycleSchedule(Total(options.TotalSteps, options.Per, length), options.RiseShare, options.Divisor, options.FinalDivisor, options.Linear),
            options.Per))
        .Register<PlateauScheduleOptions>("ReduceOnPlateau", static (options, _) => (optimizer, _) => new ReduceOnPlateau(
            optimizer, options.Factor, options.Patience, options.Threshold, options.Cooldown, options.Minimum));

    private static long Total(long written, ScheduleUnit per, TrainingLength length) =>
        written > 0 ? written : per == ScheduleUnit.Step ? length.Steps : length.Epochs;
}
