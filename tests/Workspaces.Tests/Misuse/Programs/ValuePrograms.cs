using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>Shapes, types, axes, positions and numbers that do not fit.</summary>
internal static class ValuePrograms
{
    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        Ops<ShapeException>("a sum of shapes that do not broadcast", "Cannot broadcast [2, 3] with [2, 4]", static () => _ = Tensor.Ones([2, 3]) + Tensor.Ones([2, 4])),
        Ops<ShapeException>("a product of matrices that do not fit", "[2, 3]", static () => Tensor.Ones([2, 3]).MatMul(Tensor.Ones([2, 3]))),
        IsRight("operands of two types", "both become the wider one, as in PyTorch", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor sum = Tensor.Ones([2]) + Tensor.Full([2], 0.1, DType.F64);
            Assert.Equal(DType.F64, sum.DType);
            Assert.Equal([1.1, 1.1], sum.ToArray<double>());
        }),
        Ops<ArgumentException>("elements read as another type", "its elements are float32", static () => Tensor.Ones([2]).ToArray<double>()),
        Ops<ArgumentException>("an activation of integers", "Tanh", static () => Tensor.Ones([2], DType.I64).Tanh()),
        Ops<ShapeException>("an axis that does not exist", "axes go from -2 to 1", static () => Tensor.Ones([2, 3]).Sum([2])),
        Ops<ShapeException>("one axis named twice", "axis -1 is there twice (-1 is 1)", static () => Tensor.Ones([2, 3]).Sum([1, -1])),
        Ops<ShapeException>("a reshape to another number of elements", "6 elements do not fit 8", static () => Tensor.Ones([2, 3]).Reshape(2, 4)),
        Ops<ShapeException>("a slice beyond the end", "positions on this axis go from 0 to 2", static () => Tensor.Ones([2, 3]).Slice(1, 1, 3)),
        Ops<ShapeException>("a shape of negative size", "axis 1 has size -3, which is negative", static () => Tensor.Ones([2, -3])),
        Ops<ShapeException>("a shape whose elements cannot be counted", "multiply to more than", static () => Tensor.Ones([long.MaxValue, 3])),
        Ops<ShapeException>("a shape whose bytes cannot be counted", "elements of 4 bytes are more than", static () => Tensor.Ones([long.MaxValue / 2])),
        Ops<ShapeException>("elements that do not fill the shape", "Remedy: ", static () => Tensor.From<float>([1, 2, 3], [2, 2])),
        Ops<InvalidOperationException>("Item of many elements", "it has 4 elements", static () => Tensor.Ones([4]).Item()),
        Ops<InvalidOperationException>("a span of what does not lie in one piece", "its elements are not next to each other", static () => Tensor.Ones([2, 3]).Transpose().AsSpan<float>()),
        Ops<ShapeException>("a copy into another shape", "the shapes differ", static () => Tensor.Ones([2, 3]).CopyTo(Tensor.Ones([3, 2]))),
        Ops<ArgumentException>("a copy into an array that is too short", "it has 6 elements, the other side 5", static () => Tensor.Ones([2, 3]).CopyTo(new float[5])),
        Ops<ArgumentException>("a label that is no class", "there are 3 classes, so labels run from 0 to 2", static () => Tensor.Ones([2, 3]).CrossEntropy(Tensor.From<long>([0, 3]))),
        Ops<ArgumentException>("a label below zero", "with label -1", static () => Tensor.Ones([2, 3]).CrossEntropy(Tensor.From<long>([0, -1]))),
        Ops<ShapeException>("labels that are floats", "convert labels with To(DType.I64)", static () => Tensor.Ones([2, 3]).CrossEntropy(Tensor.From<float>([0, float.NaN]))),
        Ops<ArgumentException>("a target that is NaN", "target 1 (counted row by row) is NaN", static () => Tensor.Ones([2]).BinaryCrossEntropy(Tensor.From<float>([0, float.NaN]))),
        Ops<ShapeException>("a loss of a column and a row, which would broadcast", "a loss does not broadcast", static () => Tensor.Ones([3, 1]).MeanSquaredError(Tensor.Ones([3]))),
        Ops<ArgumentException>("the mean loss of an empty batch", "there are no samples, and so no mean", static () => Tensor.Ones([0, 3]).CrossEntropy(Tensor.From<long>([]))),
        Ops<ArgumentException>("an index outside the table", "Cannot choose row 5", static () => Tensor.Ones([5, 2]).Embedding(Tensor.From<long>([0, 5]))),
        Ops<DivideByZeroException>("integers divided by zero", "a divisor is 0", static () => _ = Tensor.Ones([2], DType.I64).Remainder(Tensor.Zeros([2], DType.I64))),
        Ops<ArgumentOutOfRangeException>("a dropout of more than everything", "Remedy: ", static () => Tensor.Ones([4]).Dropout(1.5, 1, 1)),
        Ops<ArgumentException>("tensors joined that are none", "the result would have no shape", static () => Tensor.Concat([])),
        Ops<ShapeException>("an einsum that names an axis nowhere", "the result has an axis 'k' that no operand has", static () => Tensor.Ones([2, 3]).Einsum("ij->k")),
        Throws<AnomalyException>("NaN in the middle of a model, with anomalies looked for", "NaN", static world =>
        {
            using Pass pass = world.Step.Enter();
            using AnomalyScope scope = Anomalies.Detect();
            Tensor.From<float>([-1, 1]).Log();
        }),
        IsRight("an op whose destination is its operand", "every element is read before it is written", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.From<float>([1, 2, 3, 4]);
            x.Slice(0, 1, 3).AddInPlace(x.Slice(0, 0, 3));
            Assert.Equal([1f, 3, 5, 7], x.ToArray<float>());
        }),
        IsRight("a sum of nothing", "0, and the mean of nothing is NaN, as in PyTorch", static world =>
        {
            using Pass pass = world.Step.Enter();
            Assert.Equal(0f, Tensor.Ones([0, 3]).Sum().Item());
            Assert.True(float.IsNaN(Tensor.Ones([0, 3]).Mean().Item()));
        }),
    ];

    private static MisuseProgram Ops<T>(string name, string says, Action run)
        where T : Exception => Throws<T>(name, says, world =>
    {
        using Pass pass = world.Step.Enter();
        run();
    });
}
