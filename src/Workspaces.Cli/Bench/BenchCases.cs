using System.Globalization;
using Workspaces.Memory;

namespace Workspaces.Cli.Bench;

/// <summary>The cases by name.</summary>
internal static class BenchCases
{
    internal static readonly string[] Models =
        ["mlp_sgd", "mlp_adam", "mlp_small_sgd", "mlp_small_adam", "mlp_small_b1", "mlp_b1", "mlp_b128"];

    /// <summary>Inputs are drawn in double precision first, so that this many elements take 2 GiB there.</summary>
    private const long LargestMatrix = 1L << 28;

    internal static BenchCase Create(string name, BenchSettings settings)
    {
        if (name.StartsWith("gemm:", StringComparison.Ordinal)) return Gemm(name, settings);
        return name switch
        {
            "mlp_sgd" => new MlpTraining([784, 512, 512, 10], 128, adam: false, settings),
            "mlp_adam" => new MlpTraining([784, 512, 512, 10], 128, adam: true, settings),
            "mlp_small_sgd" => new MlpTraining([784, 128, 10], 32, adam: false, settings),
            "mlp_small_adam" => new MlpTraining([784, 128, 10], 32, adam: true, settings),
            "mlp_small_b1" => new MlpInference([784, 128, 10], 1, settings),
            "mlp_b1" => new MlpInference([784, 512, 512, 10], 1, settings),
            "mlp_b128" => new MlpInference([784, 512, 512, 10], 128, settings),
            _ => throw new ArgumentException(WorkspaceException.Compose(
                $"measure '{name}'", "bench", $"the cases are {string.Join(", ", Models)} and gemm:MxNxK[:nn|nt|tn|tt]", "choose one of these")),
        };
    }

    private static GemmCase Gemm(string name, BenchSettings settings)
    {
        string[] parts = name.Split(':');
        string[] sizes = parts[1].Split('x');
        string layout = parts.Length > 2 ? parts[2] : "nn";
        Span<int> dims = stackalloc int[3];
        bool valid = sizes.Length == 3 && parts.Length <= 3 && layout is "nn" or "nt" or "tn" or "tt";
        for (int i = 0; valid && i < 3; i++) valid = int.TryParse(sizes[i], NumberStyles.None, CultureInfo.InvariantCulture, out dims[i]) && dims[i] > 0;
        if (!valid)
            throw new ArgumentException(WorkspaceException.Compose(
                $"measure '{name}'", "bench", "a product is gemm:MxNxK with positive sizes, then :nn, :nt, :tn or :tt", "write e.g. gemm:512x512x512:tn"));
        long largest = Math.Max(Math.Max((long)dims[0] * dims[2], (long)dims[2] * dims[1]), (long)dims[0] * dims[1]);
        if (largest > LargestMatrix)
            throw new ArgumentException(WorkspaceException.Compose(
                $"measure '{name}'", "bench", $"a matrix of {largest} elements is above the {LargestMatrix} that bench makes", "choose smaller sizes"));
        return new GemmCase(dims[0], dims[1], dims[2], layout[0] == 't', layout[1] == 't', settings);
    }
}
