using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>Reading without garbage.</summary>
internal static class FirstElement
{
    /// <summary>The first element of a float32 tensor, read as users do.</summary>
    public static float Item0(this Tensor tensor) => tensor.Select(0, 0).Item();
}
