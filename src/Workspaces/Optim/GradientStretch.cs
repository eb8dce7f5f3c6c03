using System.Runtime.InteropServices;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Optim;

/// <summary>Gradients that wait for an optimizer and lie one after the other in the slab, as found in a list of parameters.</summary>
internal readonly struct GradientStretch
{
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly int _first;
    private readonly int _last;

    private GradientStretch(IReadOnlyList<Parameter> parameters, int first, int last, int elements)
    {
        _parameters = parameters;
        _first = first;
        _last = last;
        Elements = elements;
    }

    /// <summary>Elements with the padding between parameters, where gradients are 0.</summary>
    internal int Elements { get; }

    internal DType DType => _parameters[_first].Value.DType;

    internal WorkspaceManager Manager => _parameters[_first].Manager;

    internal long Bytes => (long)Elements * DType.SizeInBytes;

    /// <summary>The next stretch from <paramref name="next"/> on, which moves behind it.</summary>
    internal static bool TryFind(IReadOnlyList<Parameter> parameters, ref int next, out GradientStretch stretch)
    {
        while (next < parameters.Count && !Waits(parameters[next])) next++;
        if (next == parameters.Count)
        {
            stretch = default;
            return false;
        }

        int first = next, last = next, elements = (int)parameters[first].Length;
        while (last + 1 < parameters.Count && Joins(parameters[first], parameters[last], parameters[last + 1], out int longer)) (last, elements) = (last + 1, longer);
        next = last + 1;
        stretch = new GradientStretch(parameters, first, last, elements);
        return true;
    }

    /// <summary>The elements; the list has been checked.</summary>
    internal Span<T> Values<T>(string by)
        where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(TensorMemory.Span<T>(_parameters[_first].GradientOrStale(by).Checked(by))), Elements);

    /// <summary>Raises the versions of what will be written.</summary>
    internal void BeginWrite(string by)
    {
        Frame frame = Manager.Persistent.State;
        for (int i = _first; i <= _last; i++)
        {
            Tensor gradient = _parameters[i].GradientOrStale(by);
            using var op = new OpScope(by, frame, gradient);
            op.BeginWrite(gradient, mayBeLeaf: true);
            op.Complete();
        }
    }

    private static bool Waits(Parameter parameter) => parameter.Length > 0 && parameter.GradState == GradientState.Accumulated && parameter.Grad is not null;

    private static bool Joins(Parameter first, Parameter last, Parameter next, out int elements)
    {
        elements = 0;
        if (!Waits(next) || !ReferenceEquals(first.Manager, next.Manager) || first.Value.DType != next.Value.DType) return false;
        if (last.SlabOffset + last.SlabBytes != next.SlabOffset) return false;
        long total = ((next.SlabOffset - first.SlabOffset) / next.Value.DType.SizeInBytes) + next.Length;
        if (total > int.MaxValue) return false;
        elements = (int)total;
        return true;
    }
}
