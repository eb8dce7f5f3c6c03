namespace Workspaces.Autograd;

/// <summary>
/// The backward half of an op: a stateless singleton that turns the gradient of the output into gradients of the inputs. What a particular call needs
/// (saved tensors, numbers) lies in its <see cref="Node"/>. It stands beside the forward half in the same file under <c>Ops/</c>.
/// </summary>
internal abstract class Differential
{
    /// <summary>Name of the op.</summary>
    internal abstract string Name { get; }

    /// <summary>Sends a gradient to every input that wants one.</summary>
    internal abstract void Backward(in BackwardContext context);
}
