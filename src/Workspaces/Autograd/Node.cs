using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Workspaces.Kernels.Convolution;
using Workspaces.Kernels.Random;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Persistent;
using Workspaces.Memory.Tracking;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// One op on the tape: where gradients go, what the backward half needs, and the gradient that has arrived so far. Nodes are recycled with the pass that
/// recorded them and carry its serial, so a graph of an ended pass is noticed.
/// </summary>
internal sealed class Node : TapeNode, IFrameAttachment
{
    internal const int MaxInputs = 4;
    private const int MaxSaved = 5;
    private const int PathLength = 6;

    /// <summary>Ops in a row outside every workspace from which on the chain counts as endless.</summary>
    private const int LongChain = 1 << 14;
    private EdgeSlots _edges;
    private SavedSlots _saved;
    private long _serial;
    private string _opName = "";
    private Frame? _frame;

    private PersistentMemory? _abandonedTo;

    /// <summary>Makes a node.</summary>
    /// <param name="recycled">True for a node of a pass, which ends with it; one outside every workspace ends when nobody knows it any more.</param>
    internal Node(bool recycled)
    {
        if (recycled) GC.SuppressFinalize(this);
    }

    /// <summary>A graph outside every workspace that never ran backward holds memory: it is let go at the next recording, because finalizers wait for no gate.</summary>
    ~Node()
    {
        if (!Spent) _abandonedTo?.Abandoned.Enqueue(this);
    }

    /// <inheritdoc/>
    public override string OpName => _opName;

    /// <inheritdoc/>
    public override bool IsLeaf => false;

    /// <inheritdoc/>
    internal override string Path
    {
        get
        {
            var text = new StringBuilder(_opName).Append(OutputShape);
            Node node = this;
            for (int i = 1; node.Producer() is { } producer; i++)
            {
                if (i == PathLength) return text.Append(" ← …").ToString();
                text.Append(" ← ").Append(producer._opName).Append(producer.OutputShape);
                node = producer;
            }

            return text.ToString();
        }
    }

    /// <summary>Ops in a row up to this one, of those outside every workspace; of others it is not counted, because they end with their pass.</summary>
    internal int Depth { get; private set; }

    internal Differential Differential { get; private set; } = null!;

    internal int Inputs { get; private set; }

    /// <summary>Shape of the output, which its gradient has too.</summary>
    internal Shape OutputShape { get; private set; }

    internal DType DType { get; private set; }

    /// <summary>What has arrived of the output's gradient; a default tensor until something has.</summary>
    internal Tensor Gradient;

    /// <summary>The run of <c>Backward</c> that has seen this node last.</summary>
    internal long Visited;

    /// <summary>The run of <c>Backward</c> in which the backward half of this node has had its turn.</summary>
    internal long Stepped;

    /// <summary>True for a node that a run of <c>Backward</c> has recorded itself, by recomputing: it serves that run only.</summary>
    internal bool IsGrafted;

    /// <summary>Who wants to see the gradient of the output; null for nobody.</summary>
    internal GradientHooks? Hooks;

    /// <summary>What this node stands for when it is to be recomputed, else null.</summary>
    internal Func<Tensor, Tensor>? Segment;

    /// <summary>What the segment's random layers have drawn; its part begins at <see cref="FirstDraw"/>.</summary>
    internal RandomDraws? Draws;

    /// <summary>First of the segment's draws.</summary>
    internal int FirstDraw;

    /// <summary>The layer that recorded the op, while passes are recorded; else null.</summary>
    internal string? Part { get; private set; }

    /// <summary>True once the backward half has run without the graph being retained.</summary>
    internal bool Spent { get; private set; }

    /// <summary>Number of the pass that recorded the node.</summary>
    internal long PassNumber { get; private set; }

    /// <summary>Numbers that the op wants back: a mask of axes, an axis, a flag.</summary>
    internal long Number { get; set; }

    /// <summary>A factor or exponent that the op wants back.</summary>
    internal double Factor { get; set; }

    /// <summary>A shape that the op wants back, e.g. of its input.</summary>
    internal Shape InputShape { get; set; }

    /// <summary>A layout that the op wants back, e.g. of a slice in its base.</summary>
    internal Layout InputLayout { get; set; }

    /// <summary>A mask that the op draws again on the way back.</summary>
    internal DropoutDraw Dropout { get; set; }

    /// <summary>A window that the op wants back.</summary>
    internal PlaneWindow Window { get; set; }

    /// <summary>Serial of the pass that the node belongs to.</summary>
    internal long Serial => _serial;

    /// <summary>For a view, the version of the memory when the view was taken.</summary>
    internal int ViewVersion { get; private set; }

    /// <summary>True while the pass that recorded the node is open.</summary>
    internal bool IsCurrent => _frame is null || _frame.Serial == _serial;

    /// <summary>False when all inputs were leaves that have been disposed since: then the backward half has nothing to do.</summary>
    internal bool WantsGradient
    {
        get
        {
            if (Segment is not null) return true; // it uses parameters, or its input wants one
            for (int i = 0; i < Inputs; i++)
            {
                if (_edges[i].WantsGradient) return true;
            }

            return false;
        }
    }

    internal Edge this[int input] => _edges[input];

    internal void Begin(Differential differential, string? opName, TensorHeader output)
    {
        Frame frame = output.Frame;
        _opName = opName ?? differential.Name;
        ViewVersion = output.Storage.Version;
        Differential = differential;
        _frame = frame.IsPersistent ? null : frame;
        _serial = frame.Serial;
        PassNumber = frame.PassNumber;
        OutputShape = output.Layout.Shape;
        DType = output.DType;
        Gradient = default;
        Visited = 0;
        Stepped = 0;
        IsGrafted = false;
        Hooks = null;
        Segment = null;
        Draws = null;
        Spent = false;
        Inputs = 0;
        Number = 0;
        Factor = 0;
        Dropout = default;
        _saved = default;
        if (!ReferenceEquals(Part, frame.Part)) Part = frame.Part; // a store of a reference is dearer than a comparison
        Depth = 1;
        _abandonedTo = frame.IsPersistent ? frame.Manager.Persistent : null;
    }

    /// <summary>True once the node stands for an op of the pass that is open.</summary>
    internal bool IsBegun => Inputs > 0 && IsCurrent;

    /// <inheritdoc/>
    public void EndPass() => Spend();

    internal void AddInput(Tensor input)
    {
        Edge edge = Edge.To(input);
        _edges[Inputs++] = edge;
        if (_abandonedTo is not null && edge.Node is { } producer && producer.Depth >= Depth) Deepen(producer);
    }

    internal void AddInput(in Edge edge) => _edges[Inputs++] = edge;

    /// <summary>The op that the first recorded input came from, if it still is what it was then.</summary>
    private Node? Producer()
    {
        for (int i = 0; i < Inputs; i++)
        {
            if (_edges[i].Node is { } producer && producer.Serial == _edges[i].NodeSerial) return producer;
        }

        return null;
    }

    private void Deepen(Node producer)
    {
        Depth = producer.Depth + 1;
        if (Depth < LongChain || !int.IsPow2(Depth)) return;
        _abandonedTo!.State.Manager.TellSoon(CycleFindings.ChainGrows("persistent", $"{_opName}, outside every workspace", Depth, Path));
    }

    /// <summary>The op with its pass and its shapes, for messages.</summary>
    internal string Describe()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{_opName}, recorded in pass {PassNumber}, {DType.Name}{OutputShape} from ");
        for (int i = 0; i < Inputs; i++) text.Append(i == 0 ? "" : ", ").Append(_edges[i].DType.Name).Append(_edges[i].Shape);
        return text.ToString();
    }

    /// <summary>Keeps a tensor for the backward half.</summary>
    internal Node Save(int slot, Tensor tensor)
    {
        _saved[slot] = SavedTensor.Of(tensor);
        return this;
    }

    internal Tensor Saved(int slot) => _saved[slot].Open(this);

    internal bool HasSaved(int slot) => !_saved[slot].IsEmpty;

    /// <summary>Lets go of one saved tensor.</summary>
    internal void Release(int slot) => _saved[slot].Release();

    /// <summary>Lets go of everything that was kept; the backward half cannot run again.</summary>
    internal void Spend()
    {
        for (int i = 0; i < MaxSaved; i++) _saved[i].Release();
        Spent = true;
    }

    [InlineArray(MaxInputs)]
    private struct EdgeSlots
    {
        private Edge _first;
    }

    [InlineArray(MaxSaved)]
    private struct SavedSlots
    {
        private SavedTensor _first;
    }
}
