using Workspaces.Autograd;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Sees the output of every module of a model that runs in a pass, and which of the pass's requests each has made. A module that hands its input on to
/// others gets a line only for what it does beside them.
/// </summary>
internal sealed class ModuleObserver(Frame frame)
{
    private readonly List<Seen> _seen = [];
    private string _path = "";

    /// <summary>A module that has run: its requests are those from <c>First</c> to before <c>End</c>; it comes after the modules inside it.</summary>
    private readonly record struct Seen(string Path, Module Module, Shape Shape, DType DType, int First, int End, bool IsInnermost);

    /// <summary>Runs a module under the name that it has in the one that calls.</summary>
    internal Tensor Run(string name, Module module, Tensor input, ref Intermediates chain)
    {
        string outer = _path;
        _path = outer.Length == 0 ? name : name.Length == 0 ? outer : outer + "." + name;
        int first = frame.Requests, inside = _seen.Count;
        Tensor output = module.ForwardObserved(input, ref chain, this);
        _seen.Add(new Seen(_path, module, output.Shape, output.DType, first, frame.Requests, inside == _seen.Count));
        _path = outer;
        return output;
    }

    /// <summary>The lines, from the trace of the pass that has ended.</summary>
    internal List<LayerSummary> Layers(PassTrace trace)
    {
        var layers = new List<LayerSummary>();
        var counted = new HashSet<Parameter>();
        long[] kept = Kept(trace);
        foreach (Seen seen in _seen)
        {
            long parameters = 0, parameterBytes = 0, activationBytes = 0;
            foreach (Parameter parameter in seen.Module.Parameters)
            {
                if (!counted.Add(parameter)) continue;
                parameters += parameter.Length;
                parameterBytes += parameter.Length * parameter.Value.DType.SizeInBytes;
            }

            for (int i = seen.First; i < Math.Min(seen.End, kept.Length); i++)
            {
                activationBytes += kept[i];
                kept[i] = 0; // counted for the innermost module, which comes first
            }

            if (!seen.IsInnermost && parameters == 0 && activationBytes == 0) continue;
            string name = seen.Path.Length == 0 ? seen.Module.Name : seen.Path;
            layers.Add(new LayerSummary(name, seen.Module.Describe(), seen.Shape, seen.DType, parameters, parameterBytes, activationBytes));
        }

        return layers;
    }

    /// <summary>Bytes of each request that nobody had released when the pass ended, else 0.</summary>
    private static long[] Kept(PassTrace trace)
    {
        var kept = new long[trace.Count];
        for (int i = 0; i < kept.Length; i++)
        {
            ref readonly TraceEntry entry = ref trace.Entries[i];
            kept[i] = entry.Death < 0 && entry.Tag != PassTrace.ScratchTag ? entry.Bytes : 0;
        }

        return kept;
    }
}
