using System.Diagnostics.CodeAnalysis;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Optimizers;

/// <summary>A kernel over flat spans of equal length, split into chunks of fixed size whatever the number of threads.</summary>
internal interface IFlatKernel
{
    /// <summary>Elements from <paramref name="first"/> up to, not including, <paramref name="end"/>.</summary>
    void Run(int first, int end);
}

/// <summary>Runs flat kernels, alone or on a team.</summary>
internal static class FlatKernel
{
    /// <summary>Elements of a chunk: enough to hide the cost of handing it out, a multiple of every register.</summary>
    private const int Chunk = 1 << 14;

    /// <summary>Runs all elements.</summary>
    public static void Run<TKernel>(ref TKernel kernel, int length, KernelTeam? team)
        where TKernel : struct, IFlatKernel
    {
        if (team is null || team.Threads == 1 || length <= Chunk)
        {
            kernel.Run(0, length);
            return;
        }

        var job = new Job<TKernel> { Kernel = kernel, Length = length };
        team.Run(((length - 1) / Chunk) + 1, ref job);
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

    private struct Job<TKernel> : IKernelJob
        where TKernel : struct, IFlatKernel
    {
        public TKernel Kernel;
        public int Length;

        public void Execute(int part) => Kernel.Run(part * Chunk, Math.Min(Length, (part + 1) * Chunk));
    }
}
