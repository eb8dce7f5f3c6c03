using System.Diagnostics.CodeAnalysis;
using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Data.Transforms;
using Workspaces.Hosting.Configuration;
using Workspaces.NN;
using Workspaces.Optim;
using Workspaces.Train;

namespace Workspaces.Hosting.Composition;

/// <summary>
/// What a run file can name. A program adds its own before it creates a run: <c>components.Layers.Register&lt;MyOptions&gt;("MyLayer", …)</c>.
/// </summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
public sealed class Components
{
    /// <summary>The components that come with Workspaces.</summary>
    public Components()
    {
        Layers
            .Register<LinearOptions>("Linear", static (options, _) => new Linear(
                options.InFeatures, options.OutFeatures, options.Bias, weightInitializer: options.Initializer?.Make(), biasInitializer: options.BiasInitializer?.Make()))
            .Register<NoOptions>("ReLU", static (_, _) => new ReLU())
            .Register<NoOptions>("Tanh", static (_, _) => new NN.Tanh())
            .Register<NoOptions>("Sigmoid", static (_, _) => new NN.Sigmoid())
            .Register<NoOptions>("LogSoftmax", static (_, _) => new LogSoftmax())
            .Register<NoOptions>("Flatten", static (_, _) => new NN.Flatten())
            .Register<DropoutOptions>("Dropout", static (options, _) => new Dropout(options.Probability));
        ActivationComponents.Register(this);
        LossComponents.Register(this);
        SequenceComponents.Register(this);
        OptimizerComponents.Register(this);
        DataSets
            .Register<DataOptions>("Idx", static (options, context) => IdxSplits.Load(options, context));
        ConvolutionComponents.Register(this);
        ContainerComponents.Register(this);
        DataComponents.Register(this);
    }

    /// <summary>Layers of <c>Model:Layers</c>.</summary>
    public ComponentRegistry<Module> Layers { get; } = new("layer");

    /// <summary>Losses of <c>Loss</c>.</summary>
    public ComponentRegistry<LossFunction> Losses { get; } = new("loss");

    /// <summary>Optimizers of <c>Optimizer</c>; they are made when the model's parameters are known.</summary>
    public ComponentRegistry<Func<IReadOnlyList<Parameter>, Optimizer>> Optimizers { get; } = new("optimizer", OptimizerComponents.Groups, OptimizerComponents.Schedule);

    /// <summary>Learning-rate schedules of <c>Optimizer:Schedule</c>; they are made when the optimizer is.</summary>
    public ComponentRegistry<Func<Optimizer, TrainingLength, ILearningRateScheduler>> Schedules { get; } = new("schedule");

    /// <summary>Data of <c>Data</c>.</summary>
    public ComponentRegistry<DataSplits> DataSets { get; } = new("data set", DataOptions.Transforms);

    /// <summary>
    /// Transforms of <c>Data:Transforms</c>. They are made one after the other, each for the training data as the ones before it leave it; null stands for one that
    /// cannot be made while only shapes are known and keeps them.
    /// </summary>
    public ComponentRegistry<Func<IDataSet, IDataTransform?>> Transforms { get; } = new("transform");
}
