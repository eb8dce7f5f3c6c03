using System.Globalization;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Cli.Bench;

/// <summary>A product of an M×K and a K×N matrix, each of them stored as it is or transposed.</summary>
internal readonly record struct ProductShape(int M, int N, int K, bool TransposeA, bool TransposeB)
{
    /// <summary>Inputs are drawn in double precision first, so that this many elements take 2 GiB there.</summary>
    private const long LargestMatrix = 1L << 28;

    /// <summary>Reads <c>KIND:MxNxK[:nn|nt|tn|tt]</c>.</summary>
    internal static ProductShape Parse(string name)
    {
        string[] parts = name.Split(':');
        string[] sizes = parts[1].Split('x');
        string layout = parts.Length > 2 ? parts[2] : "nn";
        Span<int> dims = stackalloc int[3];
        bool valid = sizes.Length == 3 && parts.Length <= 3 && layout is "nn" or "nt" or "tn" or "tt";
        for (int i = 0; valid && i < 3; i++) valid = int.TryParse(sizes[i], NumberStyles.None, CultureInfo.InvariantCulture, out dims[i]) && dims[i] > 0;
        if (!valid)
            throw new ArgumentException(WorkspaceException.Compose(
                $"measure '{name}'", "bench", $"a product is {parts[0]}:MxNxK with positive sizes, then :nn, :nt, :tn or :tt", $"write e.g. {parts[0]}:512x512x512:tn"));
        long largest = Math.Max(Math.Max((long)dims[0] * dims[2], (long)dims[2] * dims[1]), (long)dims[0] * dims[1]);
        if (largest > LargestMatrix)
            throw new ArgumentException(WorkspaceException.Compose(
                $"measure '{name}'", "bench", $"a matrix of {largest} elements is above the {LargestMatrix} that bench makes", "choose smaller sizes"));
        return new ProductShape(dims[0], dims[1], dims[2], layout[0] == 't', layout[1] == 't');
    }

    /// <summary>The product of two matrices that are stored as this says.</summary>
    internal Tensor Of(Tensor storedA, Tensor storedB) => (TransposeA ? storedA.Transpose() : storedA).MatMul(TransposeB ? storedB.Transpose() : storedB);
}
