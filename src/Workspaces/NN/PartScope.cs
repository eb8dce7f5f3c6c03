using System.Runtime.CompilerServices;
using Workspaces.Memory.Passes;

namespace Workspaces.NN;

/// <summary>
/// Says which part of a model runs, while somebody records passes: what is allocated is recorded under that name, e.g. <c>2.attention.out_proj Linear</c>. At the end
/// the module around it goes on. Costs a comparison where nobody records.
/// </summary>
internal readonly ref struct PartScope
{
    private readonly Frame _frame;
    private readonly string? _around;

    internal PartScope(Frame frame)
    {
        _frame = frame;
        _around = frame.Part;
    }

    /// <summary>A module is about to run.</summary>
    internal void Name(Module module)
    {
        if (_frame.WantsParts) Set(module.Name, module.GetType().Name);
    }

    /// <summary>What a module does with some parameters of its own, named as they are, as if they were a layer.</summary>
    internal void Name(Module module, string parameters, string kind)
    {
        if (_frame.WantsParts) Set(module.NameOf(parameters), kind);
    }

    public void Dispose()
    {
        if (!ReferenceEquals(_frame.Part, _around)) _frame.Part = _around;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Set(string path, string kind) => _frame.Part = $"{path} {kind}";
}
