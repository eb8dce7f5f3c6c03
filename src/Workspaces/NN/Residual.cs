using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Adds its input to what a module makes of it: y = x + f(x) (He and others 2016).</summary>
public sealed class Residual : Module
{
    /// <summary>Wraps a module, whose parameters are named <c>inner.…</c>.</summary>
    /// <param name="inner">The module; its output must have the shape of its input, or broadcast with it.</param>
    public Residual(Module inner) => Inner = Register("inner", inner);

    /// <summary>The module.</summary>
    public Module Inner { get; }

    /// <summary>Computes x + f(x).</summary>
    /// <param name="input">What the module takes.</param>
    /// <returns>A new tensor.</returns>
    /// <exception cref="ShapeException">Input and output do not broadcast.</exception>
    public override Tensor Forward(Tensor input) => Run(input, observer: null);

    /// <inheritdoc/>
    internal override Tensor ForwardObserved(Tensor input, ref Intermediates chain, ModuleObserver observer) => Run(input, observer);

    private Tensor Run(Tensor input, ModuleObserver? observer)
    {
        var inner = new Intermediates(TensorFrames.Current);
        using PartScope parts = inner.Parts;
        parts.Name(Inner);
        Tensor result = observer is null ? Inner.Forward(input) : observer.Run("inner", Inner, input, ref inner);
        inner.Advance(result);
        parts.Name(this);
        try
        {
            return input + result;
        }
        finally
        {
            inner.Release();
        }
    }
}
