using Workspaces.NN;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>A loss with targets that it makes itself, as a module of its predictions.</summary>
internal sealed class LossModule(object loss, Func<Tensor, Tensor> targets, Func<Tensor, Tensor, Tensor> run) : Module
{
    public object Loss => loss;

    public override Tensor Forward(Tensor input)
    {
        using Tensor target = targets(input);
        return run(input, target);
    }
}
