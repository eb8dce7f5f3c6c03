using System.Numerics;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Train.Metrics;

/// <summary>
/// A number that says how well a model does on test samples, besides its loss. Batches are added one by one, inside the pass that computed them; adding makes no
/// garbage after the first one. Not safe for several threads.
/// </summary>
public abstract class Metric
{
    private protected Metric()
    {
    }

    /// <summary>What it is called in results, files and configurations.</summary>
    public abstract string Name { get; }

    /// <summary>The value over all that was added; not a number before the first sample.</summary>
    public abstract double Value { get; }

    /// <summary>True when a larger value is a better one.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>True for metrics of classes, false for those of numbers.</summary>
    public abstract bool NeedsClasses { get; }

    /// <summary>Forgets all that was added.</summary>
    public abstract void Reset();

    /// <summary>Adds a batch. In a pass that is traced on shapes alone nothing is added.</summary>
    /// <param name="output">What the model said: for classes float [n, …, classes], log-probabilities up to a constant; for numbers float of the shape of the targets.</param>
    /// <param name="target">What was right: for classes int64 [n, …], for numbers of the type of the output.</param>
    /// <exception cref="ShapeException">The shapes do not fit each other.</exception>
    /// <exception cref="ArgumentException">A type is another one.</exception>
    /// <exception cref="Memory.StaleAccessException">A tensor is stale.</exception>
    public void Add(Tensor output, Tensor target)
    {
        using Tensor said = Flat(output), right = Flat(target);
        using var op = new OpScope(Name, said, right);
        MetricErrors.Check(this, output, target);
        if (op.Computes && output.DType == DType.F32) Add<float>(op, said, right, output.Length / Math.Max(1, target.Length));
        else if (op.Computes) Add<double>(op, said, right, output.Length / Math.Max(1, target.Length));
        op.CompleteRead();
    }

    private protected virtual void AddClasses<T>(ReadOnlySpan<T> output, ReadOnlySpan<long> classes, int count)
        where T : unmanaged, IFloatingPointIeee754<T> => throw new NotSupportedException();

    private protected virtual void AddNumbers<T>(ReadOnlySpan<T> output, ReadOnlySpan<T> targets)
        where T : unmanaged, IFloatingPointIeee754<T> => throw new NotSupportedException();

    /// <summary>Rows as kernels see them; of a tensor with other strides a copy.</summary>
    private static Tensor Flat(Tensor tensor) => tensor.Reshape(tensor.Length);

    private void Add<T>(in OpScope op, Tensor output, Tensor target, long count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (NeedsClasses) AddClasses(op.ReadSpan<T>(output), op.ReadSpan<long>(target), (int)count);
        else AddNumbers(op.ReadSpan<T>(output), op.ReadSpan<T>(target));
    }
}
