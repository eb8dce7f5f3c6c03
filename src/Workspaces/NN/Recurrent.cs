using System.Globalization;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// What <see cref="RNN"/>, <see cref="GRU"/> and <see cref="LSTM"/> share. Parameters are named as in PyTorch: <c>weight_ih_l0</c>, <c>weight_hh_l0</c>,
/// <c>bias_ih_l0</c>, <c>bias_hh_l0</c>, with the number of the layer and <c>_reverse</c> for the second direction.
/// </summary>
public abstract class Recurrent : Module
{
    private readonly RecurrentCellKind _kind;
    private readonly RecurrentWeights[] _weights;
    private readonly Dropout? _dropout;

    private protected Recurrent(
        string name, RecurrentCellKind kind, int gates, long inputSize, long hiddenSize, RecurrentOptions? options, WorkspaceManager? manager)
    {
        RecurrentOptions settings = options ?? new RecurrentOptions();
        _kind = kind;
        InputSize = NNErrors.Positive(inputSize, name, nameof(inputSize));
        HiddenSize = NNErrors.Positive(hiddenSize, name, nameof(hiddenSize));
        Layers = (int)NNErrors.Positive(settings.Layers, name, nameof(RecurrentOptions.Layers));
        Bidirectional = settings.Bidirectional;
        BatchFirst = settings.BatchFirst;
        Dropout = NNErrors.Probability(settings.Dropout, name, nameof(RecurrentOptions.Dropout));
        ulong seed = settings.Seed ?? DerivedSeed.Fresh();
        _weights = new RecurrentWeights[Layers * Directions];
        double bound = 1 / Math.Sqrt(hiddenSize);
        Initializer initializer = settings.Initializer ?? new Uniform(-bound, bound), ofInput = settings.WeightInitializer ?? initializer;
        Initializer ofHidden = settings.HiddenInitializer ?? ofInput, ofBias = settings.BiasInitializer ?? initializer;
        try
        {
            for (int i = 0; i < _weights.Length; i++)
            {
                string suffix = string.Create(CultureInfo.InvariantCulture, $"_l{i / Directions}{(i % Directions == 1 ? "_reverse" : "")}");
                long width = i < Directions ? inputSize : hiddenSize * Directions;
                _weights[i] = new RecurrentWeights(
                    Make("weight_ih" + suffix, new Shape(gates * hiddenSize, width), ofInput),
                    Make("weight_hh" + suffix, new Shape(gates * hiddenSize, hiddenSize), ofHidden),
                    settings.Bias ? Make("bias_ih" + suffix, new Shape(gates * hiddenSize), ofBias) : null,
                    settings.Bias ? Make("bias_hh" + suffix, new Shape(gates * hiddenSize), ofBias) : null);
            }

            if (Dropout > 0 && Layers > 1) _dropout = Register("dropout", new Dropout(Dropout, DerivedSeed.Of(seed, "dropout")));
        }
        catch
        {
            Dispose();
            throw;
        }

        Parameter Make(string parameter, in Shape shape, Initializer drawn) =>
            Register(parameter, new Parameter(shape, settings.DType, parameter, manager), drawn, seed);
    }

    /// <summary>Features of a step of the input.</summary>
    public long InputSize { get; }

    /// <summary>Width of the state of a direction.</summary>
    public long HiddenSize { get; }

    /// <summary>Layers on top of each other.</summary>
    public int Layers { get; }

    /// <summary>Whether a second recurrence runs backwards.</summary>
    public bool Bidirectional { get; }

    /// <summary>Whether inputs are [batch, step, feature] rather than [step, batch, feature].</summary>
    public bool BatchFirst { get; }

    /// <summary>Probability of dropping elements between layers while training.</summary>
    public double Dropout { get; }

    private int Directions => Bidirectional ? 2 : 1;

    private int StepAxis => BatchFirst ? 1 : 0;

    /// <summary>Runs over the steps, from a state of 0.</summary>
    /// <param name="input">[batch, step, features], or [step, batch, features]; at least one step.</param>
    /// <returns>States of the last layer at all steps, in the same order of axes, directions side by side in the last one.</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    public override Tensor Forward(Tensor input)
    {
        var chain = new Intermediates(TensorFrames.Current);
        return ForwardInChain(input, ref chain);
    }

    /// <inheritdoc/>
    internal override Tensor ForwardInChain(Tensor input, ref Intermediates chain)
    {
        Check(input);
        Tensor current = input;
        int layer = 0;
        try
        {
            for (; layer < Layers; layer++)
            {
                current = Layer(current, layer, ref chain);
                chain.Advance(current);
                current = Dropped(current, layer);
                chain.Advance(current);
            }
        }
        finally
        {
            if (layer < Layers) chain.Release();
        }

        return current;
    }

    /// <inheritdoc/>
    protected internal override string Describe() =>
        $"{GetType().Name}({InputSize} → {HiddenSize}{(Layers > 1 ? $", {Layers} layers" : "")}{(Bidirectional ? ", bidirectional" : "")}{(BatchFirst ? "" : ", steps first")})";

    /// <summary>Runs from a given state, or from 0, and returns the last one too.</summary>
    private protected RecurrentOutput Run(Tensor input, Tensor? state, Tensor? cell)
    {
        Check(input);
        CheckState(input, state, "state");
        CheckState(input, cell, "cell state");
        Tensor states = default, cells = default, current = input;
        var chain = new Intermediates(TensorFrames.Current);
        for (int layer = 0; layer < Layers; layer++)
        {
            LastStates last = default;
            current = Layer(current, layer, state, cell, ref last);
            states = Appended(states, last.State);
            cells = Appended(cells, last.Cell);
            chain.Advance(current);
            current = Dropped(current, layer);
            chain.Advance(current);
        }

        return new RecurrentOutput(current, states, _kind == RecurrentCellKind.Lstm ? cells : null);
    }

    /// <summary>Both directions of a layer, side by side.</summary>
    private Tensor Layer(Tensor input, int layer, ref Intermediates chain)
    {
        var keep = new Intermediates(TensorFrames.Current);
        if (!Bidirectional) return Direction(input, layer, null, null, withCell: false, ref chain);
        Tensor forward = Direction(input, 2 * layer, null, null, withCell: false, ref keep);
        using (forward)
        {
            using Tensor backward = Direction(input, (2 * layer) + 1, null, null, withCell: false, ref chain);
            return Tensor.Concat([forward, backward], 2);
        }
    }

    /// <summary>As the other one, with the last states.</summary>
    private Tensor Layer(Tensor input, int layer, Tensor? state, Tensor? cell, ref LastStates last)
    {
        bool isLstm = _kind == RecurrentCellKind.Lstm;
        long steps = input.Shape[StepAxis];
        var keep = new Intermediates(TensorFrames.Current);
        Tensor forward = Direction(input, layer * Directions, state, cell, isLstm, ref keep);
        last = new LastStates(Step(forward, steps - 1), isLstm ? Step(forward, steps) : default);
        Tensor first = isLstm ? forward.Slice(StepAxis, 0, steps) : forward;
        if (!Bidirectional) return first;
        using (forward)
        {
            using Tensor backward = Direction(input, (layer * Directions) + 1, state, cell, isLstm, ref keep);
            last = new LastStates(Appended(last.State, Step(backward, 0)), isLstm ? Appended(last.Cell, Step(backward, steps)) : default);
            return Tensor.Concat([first, isLstm ? backward.Slice(StepAxis, 0, steps) : backward], 2);
        }
    }

    /// <summary>One direction of a layer, after whose products the chain may release the input; behind the last step stands the last cell state where that is asked for.</summary>
    private Tensor Direction(Tensor input, int index, Tensor? state, Tensor? cell, bool withCell, ref Intermediates chain)
    {
        RecurrentWeights weights = _weights[index];
        bool splits = _kind == RecurrentCellKind.Gru, reverse = Bidirectional && index % 2 == 1;
        using Tensor gates = Gates(input, weights, splits);
        chain.Release();
        using Tensor h = state?.Select(0, index) ?? default, c = cell?.Select(0, index) ?? default;
        var call = new RecurrentCall(_kind, BatchFirst, reverse, withCell, splits && weights.HiddenBias is not null, state is not null);
        return RecurrentOps.Run(call, gates, weights.Hidden.Value, splits ? weights.HiddenBias?.Value : null, state is null ? null : h, cell is null ? null : c);
    }

    /// <summary>Products with the input for all steps at once, with both biases unless the cell keeps the second apart.</summary>
    private static Tensor Gates(Tensor input, RecurrentWeights weights, bool splits)
    {
        if (splits || weights.InputBias is null) return input.Linear(weights.Input.Value, weights.InputBias?.Value);
        using Tensor bias = weights.InputBias.Value + weights.HiddenBias!.Value;
        return input.Linear(weights.Input.Value, bias);
    }

    /// <summary>One step as [1, batch, hidden], in memory of its own.</summary>
    private Tensor Step(Tensor all, long step)
    {
        using Tensor one = all.Select(StepAxis, step), view = one.Unsqueeze(0);
        return view.Copy();
    }

    /// <summary>A state behind others; takes both over.</summary>
    private static Tensor Appended(Tensor before, Tensor next)
    {
        if (before.HeaderOrNull is null) return next;
        if (next.HeaderOrNull is null) return before;
        using (before)
        {
            using (next) return Tensor.Concat([before, next]);
        }
    }

    private Tensor Dropped(Tensor output, int layer) => _dropout is null || layer == Layers - 1 ? output : _dropout.Forward(output);

    private void Check(Tensor input)
    {
        Shape shape = input.Checked(GetType().Name).Layout.Shape;
        if (shape.Rank != 3 || shape[2] != InputSize || shape[StepAxis] < 1)
            throw new ShapeException(
                $"run over {shape}", Describe(), $"inputs have the shape [{(BatchFirst ? "batch, step" : "step, batch")}, {InputSize}] and at least one step",
                "reshape the input, or make the layer for it");
    }

    private void CheckState(Tensor input, Tensor? state, string what)
    {
        if (state is not { } given) return;
        Shape shape = given.Checked(GetType().Name).Layout.Shape;
        var wanted = new Shape(_weights.Length, input.Shape[1 - StepAxis], HiddenSize);
        if (shape != wanted)
            throw new ShapeException($"begin with a {what} of {shape}", Describe(), $"the layer wants {wanted}: layers · directions, batch, hidden", "give one of that shape");
        if (given.DType != input.DType) TensorThrow.TypesDiffer(GetType().Name, input, given);
    }

    private readonly record struct LastStates(Tensor State, Tensor Cell);
}
