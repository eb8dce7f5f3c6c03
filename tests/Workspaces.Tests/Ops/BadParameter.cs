using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>One op with a number that it must refuse.</summary>
/// <param name="Op">The op's name as its errors print it.</param>
/// <param name="Number">The number as the error shows it.</param>
/// <param name="Run">The op.</param>
/// <param name="Dims">Shape of the tensor.</param>
public sealed record BadParameter(string Op, string Number, Func<Tensor, Tensor[], object> Run, long[] Dims)
{
    /// <summary>Its type.</summary>
    public DType Type { get; init; } = DType.F32;

    /// <summary>Shapes of the other operands.</summary>
    public long[][] Others { get; init; } = [];

    /// <summary>Their type.</summary>
    public DType OtherType { get; init; } = DType.F32;
}
