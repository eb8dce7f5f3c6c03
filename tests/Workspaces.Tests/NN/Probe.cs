using Workspaces.NN;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>A module that does what a test says and remembers what it returned.</summary>
internal sealed class Probe(Func<Tensor, Tensor> forward) : Module
{
    public Tensor Output { get; private set; }

    public Action? Before { get; set; }

    public override Tensor Forward(Tensor input)
    {
        Before?.Invoke();
        return Output = forward(input);
    }
}
