using System.Diagnostics.CodeAnalysis;
using Workspaces.Data;
using Workspaces.Data.Transforms;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Train;

namespace Workspaces.Hosting.Composition;

/// <summary>A model that was trained by a run file, made again to be used: in evaluation mode, with the weights of a checkpoint or of a safetensors file.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
public sealed class TrainedModel : IDisposable
{
    private readonly Components _components;

    private TrainedModel(RunConfiguration configuration, Components components, WorkspaceManager manager, Sequential model, CheckpointInfo? checkpoint)
    {
        Configuration = configuration;
        _components = components;
        Manager = manager;
        Model = model;
        Checkpoint = checkpoint;
    }

    /// <summary>The model, in evaluation mode.</summary>
    public Sequential Model { get; }

    /// <summary>The configuration of the run that has trained it.</summary>
    public RunConfiguration Configuration { get; }

    /// <summary>What the checkpoint says of itself; null for plain weights.</summary>
    public CheckpointInfo? Checkpoint { get; }

    /// <summary>The manager that owns all memory of the model.</summary>
    public WorkspaceManager Manager { get; }

    /// <summary>True when the outputs are scores of classes: the loss says so.</summary>
    public bool HasClasses => Configuration.Root["Loss:Type"] is { } loss
        && (loss.Trim().Equals("CrossEntropy", StringComparison.OrdinalIgnoreCase) || loss.Trim().Equals("NLL", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// What the training did with its samples, to do the same with others. A checkpoint has kept it; for plain weights it is found as the training finds it, from the section
    /// <c>Data</c> and the training data, which must be there.
    /// </summary>
    /// <returns>The preparation; null when there is neither a checkpoint that has it nor a section <c>Data</c>.</returns>
    /// <exception cref="InvalidDataException">The checkpoint contradicts itself, or the data is damaged.</exception>
    /// <exception cref="IOException">The data is not there, or cannot be read.</exception>
    /// <exception cref="ConfigurationException">The section <c>Data</c> is wrong.</exception>
    public SamplePreparation? Prepare() => Checkpoint?.PreparationOf(Custom) ?? TransformRecipe.PreparationOf(Configuration, _components);

    /// <summary>Makes the model that a checkpoint was saved of; of averaged weights the average.</summary>
    /// <param name="path">The checkpoint, or the folder of some, of which the newest counts.</param>
    /// <param name="settings">Changes of its configuration, each <c>Section:Key=Value</c>.</param>
    /// <param name="components">What the configuration may name; null for what comes with Workspaces.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileNotFoundException">There is no checkpoint.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or was saved without a configuration.</exception>
    /// <exception cref="ConfigurationException">Something in the configuration is wrong.</exception>
    public static TrainedModel Load(string path, IReadOnlyList<string>? settings = null, Components? components = null)
    {
        string file = CheckpointFolder.Newest(path);
        CheckpointInfo info = Train.Checkpoint.Read(file);
        return Make(ConfigurationOf(info, settings ?? []), components, model => Train.Checkpoint.LoadModel(file, model));
    }

    /// <summary>Makes the model of a run file with weights from a safetensors file, e.g. of PyTorch's state_dict.</summary>
    /// <param name="run">The configuration.</param>
    /// <param name="weights">The weights; their names are those of the model.</param>
    /// <param name="components">What the configuration may name; null for what comes with Workspaces.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of another model; the message lists the differences.</exception>
    /// <exception cref="ConfigurationException">Something in the configuration is wrong.</exception>
    public static TrainedModel Load(RunConfiguration run, string weights, Components? components = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentException.ThrowIfNullOrEmpty(weights);
        return Make(run, components, model =>
        {
            model.LoadState(weights);
            return null;
        });
    }

    /// <summary>The configuration that a checkpoint has kept, with changes.</summary>
    /// <param name="checkpoint">What the checkpoint says of itself.</param>
    /// <param name="settings">Changes, each <c>Section:Key=Value</c>.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="InvalidDataException">It has kept none.</exception>
    /// <exception cref="ConfigurationException">A setting is malformed, or a section is unknown.</exception>
    public static RunConfiguration ConfigurationOf(CheckpointInfo checkpoint, IReadOnlyList<string> settings)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (checkpoint.Configuration.Count == 0)
            throw new InvalidDataException(WorkspaceException.Compose(
                $"make the run of '{checkpoint.Path}' again", nameof(TrainedModel), "it was saved in code, without a configuration",
                "make the model in code and use Checkpoint.Load, or save it with a configuration"));
        return RunConfiguration.Load(new RunSources { Values = checkpoint.Configuration, Settings = settings });
    }

    /// <summary>Frees model and memory.</summary>
    public void Dispose()
    {
        Model.Dispose();
        Manager.Dispose();
    }

    private IDataTransform Custom(int position, IReadOnlyList<long> shape) => TransformRecipe.MakeAlone(position, shape, Configuration, _components);

    private static TrainedModel Make(RunConfiguration run, Components? components, Func<Module, CheckpointInfo?> load)
    {
        RunChecks.CheckModel(run);
        RunChecks.CheckData(run);
        WorkspaceManager manager = ManagerRecipe.Make(run, shapesOnly: false);
        Sequential? model = null;
        try
        {
            components ??= new Components();
            model = ModelRecipe.Make(run, components, manager);
            CheckpointInfo? info = load(model);
            model.Eval();
            return new TrainedModel(run, components, manager, model, info);
        }
        catch
        {
            model?.Dispose();
            manager.Dispose();
            throw;
        }
    }
}
