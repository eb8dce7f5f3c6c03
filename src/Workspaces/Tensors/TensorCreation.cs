using Workspaces.Kernels.Elementwise;
using Workspaces.Memory;

namespace Workspaces.Tensors;

/// <summary>
/// Making tensors. They live in the ambient pass; outside every workspace they are persistent, until disposed or until their manager is.
/// </summary>
public static class TensorCreation
{
    extension(Tensor)
    {
        /// <summary>A tensor of undefined content (0xFF bytes in fresh memory, which is NaN): for code that writes every element.</summary>
        /// <param name="shape">Its shape.</param>
        /// <param name="dtype">Type of its elements.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
        /// <exception cref="StaleAccessException">This task has outlived its pass.</exception>
        public static Tensor Empty(Shape shape, DType dtype = DType.F32) => TensorFrames.Allocate(TensorFrames.Current, dtype, shape, nameof(Empty));

        /// <summary>A tensor of zeros.</summary>
        /// <param name="shape">Its shape.</param>
        /// <param name="dtype">Type of its elements.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
        /// <exception cref="StaleAccessException">This task has outlived its pass.</exception>
        public static Tensor Zeros(Shape shape, DType dtype = DType.F32) => TensorFrames.Allocate(TensorFrames.Current, dtype, shape, nameof(Zeros), zeroed: true);

        /// <summary>A tensor of ones.</summary>
        /// <param name="shape">Its shape.</param>
        /// <param name="dtype">Type of its elements.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
        /// <exception cref="StaleAccessException">This task has outlived its pass.</exception>
        public static Tensor Ones(Shape shape, DType dtype = DType.F32) => Full(shape, 1, dtype);

        /// <summary>A tensor with the same value everywhere.</summary>
        /// <param name="shape">Its shape.</param>
        /// <param name="value">The value, converted to the element type; for integers it must be in range.</param>
        /// <param name="dtype">Type of its elements.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="OverflowException">The value is outside the range of an integer type.</exception>
        /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
        /// <exception cref="StaleAccessException">This task has outlived its pass.</exception>
        public static Tensor Full(Shape shape, double value, DType dtype = DType.F32)
        {
            using var op = new OpScope(nameof(Full));
            Tensor tensor = op.Allocate(dtype, shape);
            TensorFill.Run(op, tensor, value);
            op.Complete();
            return tensor;
        }

        /// <summary>A tensor with the given elements in row-major order.</summary>
        /// <typeparam name="T">The element type: float, double, int, long, byte or bool.</typeparam>
        /// <param name="elements">As many elements as the shape has.</param>
        /// <param name="shape">Its shape; null for one axis.</param>
        /// <returns>The tensor, with the data type of <typeparamref name="T"/>.</returns>
        /// <exception cref="ShapeException">Another number of elements.</exception>
        /// <exception cref="ArgumentException">No data type has elements of type <typeparamref name="T"/>.</exception>
        /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
        /// <exception cref="StaleAccessException">This task has outlived its pass.</exception>
        public static Tensor From<T>(ReadOnlySpan<T> elements, Shape? shape = null)
            where T : unmanaged
        {
            Shape target = shape ?? new Shape(elements.Length);
            if (target.Length != elements.Length)
                throw new ShapeException(
                    $"make a tensor of shape {target}", nameof(From), $"{elements.Length} elements do not fit {target.Length}", "give as many elements as the shape has");
            using var op = new OpScope(nameof(From));
            Tensor tensor = op.Allocate(DTypes.Of<T>(), target);
            if (op.Computes) elements.CopyTo(op.WriteSpan<T>(tensor));
            op.Complete();
            return tensor;
        }

        /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape?)"/>
        public static Tensor From<T>(T[] elements, Shape? shape = null)
            where T : unmanaged
        {
            ArgumentNullException.ThrowIfNull(elements);
            return From<T>(elements.AsSpan(), shape);
        }

        /// <summary>A scalar (rank 0).</summary>
        /// <param name="value">The value, converted to the element type.</param>
        /// <param name="dtype">Type of the element.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="OverflowException">The value is outside the range of an integer type.</exception>
        public static Tensor Scalar(double value, DType dtype = DType.F32) => Full(new Shape(), value, dtype);

        /// <summary>The numbers from <paramref name="start"/> below <paramref name="end"/> in steps.</summary>
        /// <param name="start">First value.</param>
        /// <param name="end">Bound that is not reached.</param>
        /// <param name="step">Difference of neighbours; not 0.</param>
        /// <param name="dtype">Type of the elements.</param>
        /// <returns>A tensor of one axis; empty when the bound lies on the wrong side.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A step of 0, or a bound that is not finite.</exception>
        /// <exception cref="ArgumentException">The type is bool.</exception>
        /// <exception cref="OverflowException">A value is outside the range of an integer type.</exception>
        /// <exception cref="ShapeException">Too many elements.</exception>
        public static Tensor Arange(double start, double end, double step = 1, DType dtype = DType.F32)
        {
            if (step == 0 || !double.IsFinite(start) || !double.IsFinite(end) || !double.IsFinite(step))
                throw new ArgumentOutOfRangeException(
                    nameof(step), WorkspaceException.Compose(
                        $"count from {start} to {end} by {step}", nameof(Arange),
                        "the bounds and the step must be finite, the step not 0", "give finite numbers"));
            if (dtype == DType.Bool)
                throw new ArgumentException(
                    WorkspaceException.Compose("count in bool", nameof(Arange), "bool holds 0 and 1 only", "count in DType.I32 and compare"), nameof(dtype));
            double steps = Math.Max(0, Math.Ceiling((end - start) / step));
            if (!(steps <= long.MaxValue / 2))
                throw new ShapeException(
                    $"count from {start} to {end} by {step}", nameof(Arange), $"{steps} elements are more than a tensor holds", "take larger steps");
            var count = (long)steps;
            using var op = new OpScope(nameof(Arange));
            Tensor tensor = op.Allocate(dtype, new Shape(count));
            TensorFill.Progression(op, tensor, start, step);
            op.Complete();
            return tensor;
        }
    }

    extension(MemoryManager memory)
    {
        /// <summary>A tensor of zeros in the innermost open pass of this workspace.</summary>
        /// <param name="dtype">Type of its elements.</param>
        /// <param name="dims">Its shape.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
        /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
        public Tensor Allocate(DType dtype, params ReadOnlySpan<long> dims) =>
            TensorFrames.Allocate(memory.Frame, dtype, new Shape(dims), "Allocate", zeroed: true);
    }
}
