using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Writes in place, on a copy of the first input so that it may be a leaf.</summary>
public sealed class InPlaceOpTests : OpConformance<InPlaceOpTests>, IOpTable
{
    private static readonly int[][] Row = [[3, 4], [4]];
    private static readonly int[][] Same = [[3, 4], [3, 4]];

    public static OpCase[] Cases =>
    [
        new("add in place", "AddInPlace", Same, x => On(x, t => t.AddInPlace(x[1])), x => x[0].Zip(x[1], (a, b) => a + b)),
        new("add a row in place", "AddInPlace", Row, x => On(x, t => t.AddInPlace(x[1])), x => x[0].Zip(x[1], (a, b) => a + b)),
        new("add a number in place", "AddInPlace", [[3, 4]], x => On(x, t => t.AddInPlace(1.5)), x => x[0].Map(v => v + 1.5)),
        new("subtract in place", "SubtractInPlace", Same, x => On(x, t => t.SubtractInPlace(x[1])), x => x[0].Zip(x[1], (a, b) => a - b)),
        new("subtract a row in place", "SubtractInPlace", Row, x => On(x, t => t.SubtractInPlace(x[1])), x => x[0].Zip(x[1], (a, b) => a - b)),
        new("multiply in place", "MultiplyInPlace", Same, x => On(x, t => t.MultiplyInPlace(x[1])), x => x[0].Zip(x[1], (a, b) => a * b)) { DifferentiableInputs = 1 },
        new("multiply by a row in place", "MultiplyInPlace", Row, x => On(x, t => t.MultiplyInPlace(x[1])), x => x[0].Zip(x[1], (a, b) => a * b)) { DifferentiableInputs = 1 },
        new("multiply by a number in place", "MultiplyInPlace", [[3, 4]], x => On(x, t => t.MultiplyInPlace(-2.5)), x => x[0].Map(v => v * -2.5)),
        new("relu in place", "ReluInPlace", [[3, 4]], x => On(x, t => t.ReluInPlace()), x => x[0].Map(v => Math.Max(v, 0))),
        new("fill in place", "FillInPlace", [[3, 4]], x => On(x, t => t.FillInPlace(3)), x => x[0].Map(_ => 3)) { Differentiable = false },
    ];

    /// <summary>Gives the copy back when the write is refused.</summary>
    private static Tensor On(Tensor[] x, Func<Tensor, Tensor> write)
    {
        Tensor copy = x[0].Copy();
        try
        {
            return write(copy);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }
}
