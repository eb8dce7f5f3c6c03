using Workspaces.Kernels.Gemm;

namespace Workspaces.Kernels.Convolution;

/// <summary>Goes from the size of a tile to the loop that was made for it.</summary>
/// <typeparam name="TKernel">The loops.</typeparam>
/// <typeparam name="TTile">Where the operands of a tile lie.</typeparam>
internal static class RegisterTiles<TKernel, TTile>
    where TKernel : struct, IRegisterTile<TTile>
    where TTile : unmanaged
{
    /// <summary>Computes a tile of 1 to 8 rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="two">True for two registers a row.</param>
    /// <param name="tile">The tile.</param>
    public static void Run(int rows, bool two, in TTile tile)
    {
        if (two) Run<Two>(rows, tile);
        else Run<One>(rows, tile);
    }

    /// <summary>Computes a tile of 1 to 8 rows whose width is known.</summary>
    public static void Run<TWidth>(int rows, in TTile tile)
        where TWidth : IConstant
    {
        switch (rows)
        {
            case 1: TKernel.Compute<One, TWidth>(tile); break;
            case 2: TKernel.Compute<Two, TWidth>(tile); break;
            case 3: TKernel.Compute<Three, TWidth>(tile); break;
            case 4: TKernel.Compute<Four, TWidth>(tile); break;
            case 5: TKernel.Compute<Five, TWidth>(tile); break;
            case 6: TKernel.Compute<Six, TWidth>(tile); break;
            case 7: TKernel.Compute<Seven, TWidth>(tile); break;
            default: TKernel.Compute<Eight, TWidth>(tile); break;
        }
    }
}
