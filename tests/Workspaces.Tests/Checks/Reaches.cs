using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Seams;
using Workspaces.Tensors;

namespace Workspaces.Tests.Checks;

/// <summary>Every way to reach the elements of a tensor of 4 float32 in two rows, by name.</summary>
internal static class Reaches
{
    /// <summary>Begins on a handle that may be stale already.</summary>
    internal static readonly IReadOnlyDictionary<string, Action<Tensor>> OfHandle = new Dictionary<string, Action<Tensor>>(StringComparer.Ordinal)
    {
        ["AsSpan"] = static x => _ = x.AsSpan<float>()[0],
        ["Elements"] = static x => _ = x.Elements<float>()[1, 1],
        ["Elements, written"] = static x =>
        {
            TensorElements<float> elements = x.Elements<float>();
            elements[0, 1] = 7;
        },
        ["Elements, walked"] = static x =>
        {
            foreach (float element in x.Elements<float>()) _ = element;
        },
        ["Read"] = static x => x.Read<float>(static elements => _ = elements[3]),
        ["Item"] = static x => _ = x.Select(0, 0).Select(0, 0).Item(),
        ["CopyTo a span"] = static x => x.CopyTo(new float[4]),
        ["CopyTo a tensor"] = static x =>
        {
            using Tensor y = Tensor.Zeros([2, 2]);
            x.CopyTo(y);
        },
        ["CopyFrom"] = static x => x.CopyFrom<float>([1, 2, 3, 4]),
        ["ToArray"] = static x => _ = x.ToArray<float>(),
        ["ToString"] = static x => _ = x.ToString(),
        ["AsMemory"] = static x => _ = x.AsMemory<float>().Span[0],
        ["AsTensorSpan"] = static x => _ = x.AsTensorSpan<float>()[1, 1],
        ["WorkspaceTensor"] = static x => _ = new WorkspaceTensor<float>(x)[1, 1],
        ["an op"] = static x => (x + x).Dispose(),
        ["a product"] = static x => x.MatMul(x).Dispose(),
        ["an op in place"] = static x => x.MultiplyInPlace(2),
        ["a view"] = static x => _ = x.Transpose().ToArray<float>(),
        ["a slice"] = static x => _ = x.Index(1, ..).ToArray<float>(),
        ["FillInPlace"] = static x => x.FillInPlace(3),
        ["Detach"] = static x => (x.Detach() * 2).Dispose(),
        ["another thread"] = static x => Task.Run(() => _ = x.ToArray<float>()).GetAwaiter().GetResult(),
    };

    /// <summary>Takes something of a living tensor, and gives back what uses that later.</summary>
    internal static readonly IReadOnlyDictionary<string, Func<Tensor, Action>> TakenBefore = new Dictionary<string, Func<Tensor, Action>>(StringComparer.Ordinal)
    {
        ["Memory"] = static x =>
        {
            Memory<float> memory = x.AsMemory<float>();
            return () => _ = memory.Span[0];
        },
        ["a part of a Memory, pinned"] = static x =>
        {
            Memory<float> memory = x.AsMemory<float>()[1..3];
            return () => memory.Pin().Dispose();
        },
        ["WorkspaceTensor"] = static x =>
        {
            var generic = new WorkspaceTensor<float>(x);
            return () => _ = generic[0, 1];
        },
        ["a view"] = static x =>
        {
            Tensor view = x.Transpose();
            return () => _ = view.ToArray<float>();
        },
        ["a view of a view"] = static x =>
        {
            Tensor view = x.Transpose().Index(1, ..);
            return () => _ = view.Elements<float>()[0];
        },
        ["Detach"] = static x =>
        {
            Tensor detached = x.Detach();
            return () => (detached + 1).Dispose();
        },
    };
}
