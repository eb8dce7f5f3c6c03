using Workspaces.Autograd;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// A module that keeps only its input for <c>Backward</c>, which runs it once more: less memory for more time. Its outputs, gradients and masks are those of
/// the module itself; see <see cref="Recompute"/>. Its parameters are named <c>inner.…</c>.
/// </summary>
public sealed class Recomputed : Module
{
    private readonly Func<Tensor, Tensor> _segment;

    /// <summary>Wraps a module.</summary>
    /// <param name="inner">The module, which this one from now on owns. It must not write to its input in place.</param>
    public Recomputed(Module inner)
    {
        Inner = Register("inner", inner);
        _segment = inner.Forward;
    }

    /// <summary>The module.</summary>
    public Module Inner { get; }

    /// <summary>Runs the module.</summary>
    /// <param name="input">What the module takes.</param>
    /// <returns>What it returns.</returns>
    public override Tensor Forward(Tensor input) => Recompute.Run(_segment, input);
}
