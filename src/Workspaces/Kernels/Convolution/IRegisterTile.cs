using Workspaces.Kernels.Gemm;

namespace Workspaces.Kernels.Convolution;

/// <summary>An inner loop whose sums stay in registers: rows of one register or a few. The numbers are types, so that the compiler makes a loop of each.</summary>
/// <typeparam name="TTile">Where the operands of a tile lie.</typeparam>
internal interface IRegisterTile<TTile>
    where TTile : unmanaged
{
    /// <summary>Computes a tile.</summary>
    static abstract void Compute<TRows, TWidth>(in TTile tile)
        where TRows : IConstant
        where TWidth : IConstant;
}
