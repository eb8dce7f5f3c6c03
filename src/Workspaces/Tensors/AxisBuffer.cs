using System.Runtime.CompilerServices;

namespace Workspaces.Tensors;

/// <summary>One number per axis, stored inside its owner so that shapes and strides make no garbage.</summary>
[InlineArray(Shape.MaxRank)]
internal struct AxisBuffer
{
    private long _first;
}
