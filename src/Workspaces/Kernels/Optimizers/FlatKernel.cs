using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.Intrinsics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>Runs rules over flat spans, alone or on a team, split into chunks of fixed size whatever the number of threads.</summary>
internal static class FlatKernel
{
    /// <summary>Elements of a chunk: enough to hide the cost of handing it out, a multiple of every register.</summary>
    internal const int Chunk = 1 << 14;

    /// <summary>Runs all elements.</summary>
    public static void Run<T, TRule>(in TRule rule, int length, KernelTeam? team, KernelVariant variant = KernelVariant.Automatic)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TRule : struct, IFlatRule<T>
    {
        var job = new Job<T, TRule> { Rule = rule, Length = length, Variant = KernelSelection.Resolve(variant) };
        if (team is null || team.Threads == 1 || length <= Chunk) job.Run(0, length);
        else team.Run(((length - 1) / Chunk) + 1, ref job);
    }

    /// <summary>Throws unless an operand has as many elements as the parameters; optional ones may be empty.</summary>
    public static void Check(string kernel, string operand, int length, int parameters, bool optional = false)
    {
        if (length != parameters && !(optional && length == 0))
            ThrowLength(kernel, operand, length, parameters);
    }

    [DoesNotReturn]
    private static void ThrowLength(string kernel, string operand, int length, int parameters) => throw new ArgumentException(
        $"{kernel}: {operand} has {length} elements for {parameters} parameters. Pass spans of equal length.", nameof(operand));

    private struct Job<T, TRule> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TRule : struct, IFlatRule<T>
    {
        public TRule Rule;
        public int Length;
        public KernelVariant Variant;

        public void Execute(int part) => Run(part * Chunk, Math.Min(Length, (part + 1) * Chunk));

        public void Run(int first, int end)
        {
            switch (Variant)
            {
                case KernelVariant.Vector512:
                    Rule.Run<Vector512<T>, Simd512<T>>(first, end);
                    break;
                case KernelVariant.Vector256:
                    Rule.Run<Vector256<T>, Simd256<T>>(first, end);
                    break;
                case KernelVariant.Vector128:
                    Rule.Run<Vector128<T>, Simd128<T>>(first, end);
                    break;
                default:
                    Rule.Run<T, SimdScalar<T>>(first, end);
                    break;
            }
        }
    }
}
