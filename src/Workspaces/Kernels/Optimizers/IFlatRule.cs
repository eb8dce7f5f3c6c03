using System.Numerics;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Optimizers;

/// <summary>A rule that changes flat memory element by element, written once for every vector width; pointers and settings are its fields.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal interface IFlatRule<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Elements from <paramref name="first"/> up to, not including, <paramref name="end"/>; the rest of a register runs in scalars.</summary>
    void Run<TVector, TSimd>(int first, int end)
        where TVector : unmanaged
        where TSimd : ISimd<T, TVector>;
}
