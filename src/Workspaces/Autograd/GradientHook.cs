using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// Sees or replaces a gradient on its way back, until it is disposed. For the result of an op it belongs to that one recording, for a leaf or parameter to
/// every run.
/// </summary>
/// <remarks>
/// What a hook is given is valid during the call only and must not be written to in place where others share it; what it computes is not recorded. A tensor
/// that it makes and returns belongs to <c>Backward</c>. An exception ends the run as an error of an op would. Hooks run in the order of their making,
/// also when a pass is traced on shapes alone: then there are no values to read.
/// </remarks>
public sealed class GradientHook : IDisposable
{
    private readonly Action<Tensor>? _observe;
    private readonly Func<Tensor, Tensor>? _replace;
    private GradientHooks? _owner;

    internal GradientHook(Action<Tensor>? observe, Func<Tensor, Tensor>? replace)
    {
        _observe = observe;
        _replace = replace;
    }

    /// <summary>Ends it. A second call does nothing.</summary>
    public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Remove(this);

    internal void BeginOn(GradientHooks owner) => _owner = owner;

    /// <summary>The gradient to go on with.</summary>
    internal Tensor Run(Tensor gradient)
    {
        if (_replace is not null) return _replace(gradient);
        _observe!(gradient);
        return gradient;
    }
}
