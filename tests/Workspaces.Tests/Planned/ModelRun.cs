using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>A model made from a specification, with its batch and its optimizer.</summary>
internal sealed class ModelRun : IDisposable
{
    private readonly Sequential _model = [];
    private readonly Optimizer? _optimizer;
    private readonly Tensor _x;
    private readonly Tensor _labels;

    public ModelRun(ModelSpec spec, WorkspaceManager manager)
    {
        long width = ModelSpec.Features;
        foreach (int layer in spec.Layers)
        {
            _model.Add(Module(layer, width, manager));
            if (layer > 0) width = layer;
        }

        _model.Initialize(5);
        _optimizer = spec.Optimizer switch
        {
            "sgd" => new Sgd(_model.Parameters, 0.01),
            "adam" => new Adam(_model.Parameters, 0.001),
            _ => null,
        };
        var random = new Random(3);
        _x = Tensor.From<float>([.. Enumerable.Range(0, spec.Batch * ModelSpec.Features).Select(_ => random.NextSingle())], [spec.Batch, ModelSpec.Features]);
        _labels = Tensor.From<long>([.. Enumerable.Range(0, spec.Batch).Select(_ => random.NextInt64(10))]);
    }

    /// <summary>One training step, or one inference; inside a pass.</summary>
    public float Step()
    {
        if (_optimizer is null)
        {
            using NoGradScope off = Gradients.Off();
            using Tensor scores = _model.Forward(_x);
            using Tensor best = scores.Max([1]);
            using Tensor sum = best.Sum();
            return sum.Item();
        }

        Tensor loss;
        using (Tensor logits = _model.Forward(_x)) loss = logits.CrossEntropy(_labels);
        loss.Backward();
        _optimizer.Step();
        return loss.Item();
    }

    public IEnumerable<int> ParameterBits() => _model.Parameters.SelectMany(static parameter => parameter.Value.ToArray<float>()).Select(BitConverter.SingleToInt32Bits);

    public void Dispose()
    {
        _optimizer?.Dispose();
        _model.Dispose();
        _x.Dispose();
        _labels.Dispose();
    }

    private static Module Module(int layer, long width, WorkspaceManager manager) => layer switch
    {
        -1 => new ReLU(),
        -2 => new Workspaces.NN.Tanh(),
        -3 => new Workspaces.NN.Sigmoid(),
        -4 => new Workspaces.NN.Dropout(0.3, 9),
        -5 => new Workspaces.NN.LogSoftmax(),
        -6 => new Flatten(),
        _ => new Linear(width, layer, manager: manager),
    };
}
