using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Delivery.Tests.Docs;

/// <summary>
/// What a block of a page finds around it: a small classifier of eight numbers into three classes, its data, and a workspace. A block that declares one of these names itself hides it.
/// Names are those of the pages, so they begin small.
/// </summary>
public abstract class Stage : IDisposable
{
    private readonly Stack<IDisposable> _made = new();

    /// <summary>Gets the configuration of the workspace <c>step</c>.</summary>
    protected WorkspaceConfiguration cfg { get; } = new() { Name = "step" };

    /// <summary>Gets the lease of that workspace, taken when first named.</summary>
    protected Workspace ws => field ??= Keep(WorkspaceManager.Create(cfg));

    /// <summary>Gets the same, as pages about memory call it.</summary>
    protected Workspace workspace => ws;

    /// <summary>Gets a manager of the block's own.</summary>
    protected WorkspaceManager manager => field ??= Keep(new WorkspaceManager());

    /// <summary>Gets the model, ready to train.</summary>
    protected Sequential model => field ??= Model();

    /// <summary>Gets a model of the same layers.</summary>
    protected Sequential other => field ??= Model();

    /// <summary>Gets the optimizer of <see cref="model"/>.</summary>
    protected Optimizer optimizer => field ??= Keep(new Sgd(model.Parameters, learningRate: 0.1));

    /// <summary>Gets 48 samples.</summary>
    protected IDataSet samples => field ??= Samples();

    /// <summary>Gets batches of 16 of them.</summary>
    protected DataLoader loader => field ??= Keep(new DataLoader(samples, batchSize: 16, shuffle: true));

    /// <summary>Gets features of a batch, float32 [16, 8].</summary>
    protected Tensor x => X ??= Tensor.From<float>(Features(16), [16, 8]);

    /// <summary>Gets classes of a batch, int64 [16].</summary>
    protected Tensor y => Y ??= Tensor.From<long>(Labels(16), [16]);

    /// <summary>Gets a square matrix.</summary>
    protected Tensor a => A ??= Tensor.From<float>([4, 1, 2, 3], [2, 2]);

    /// <summary>Gets a source that nobody cancels.</summary>
    protected CancellationTokenSource stop => field ??= Keep(new CancellationTokenSource());

    private Tensor? X { get; set; }

    private Tensor? Y { get; set; }

    private Tensor? A { get; set; }

    /// <summary>Runs the block.</summary>
    /// <returns>When it has run.</returns>
    public abstract Task RunAsync();

    /// <summary>Closes what the block was given.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        while (_made.TryPop(out IDisposable? made)) made.Dispose();
    }

    /// <summary>A function that a page leaves to its reader.</summary>
    /// <typeparam name="T">What it takes.</typeparam>
    /// <param name="value">Anything.</param>
    protected static void Use<T>(T value)
        where T : allows ref struct => GC.KeepAlive(typeof(T));

    /// <summary>A function that a page leaves to its reader.</summary>
    /// <typeparam name="T">What it takes first.</typeparam>
    /// <typeparam name="TOther">What it takes too.</typeparam>
    /// <param name="value">Anything.</param>
    /// <param name="next">Anything else.</param>
    protected static void Use<T, TOther>(T value, TOther next) => GC.KeepAlive((value, next));

    private static float[] Features(int count) => [.. Enumerable.Range(0, count * 8).Select(static i => i * 7 % 11 / 11f)];

    private static long[] Labels(int count) => [.. Enumerable.Range(0, count).Select(static i => (long)(i % 3))];

    private static LabeledSamples Samples() => DataSets.OfArrays("samples", Features(48), [8], Labels(48), classCount: 3);

    private Sequential Model()
    {
        Sequential made = Keep(new Sequential(new Linear(8, 16), new ReLU(), new Linear(16, 3)));
        made.Initialize(1);
        return made;
    }

    private T Keep<T>(T made)
        where T : IDisposable
    {
        _made.Push(made);
        return made;
    }
}
