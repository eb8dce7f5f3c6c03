using System.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using Workspaces.Autograd;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.NN.Init;

/// <summary>
/// Gives a parameter its first values: draws of a distribution of MathNet.Numerics, fed by a Mersenne Twister. The same shape and seed give
/// the same values, in both float types up to rounding.
/// </summary>
public abstract record Initializer
{
    // Part of the result: some distributions draw in pairs, so another size would give other numbers.
    private const int Chunk = 4096;

    /// <summary>Overwrites all elements; counts as a write in place, also allowed on parameters.</summary>
    /// <param name="target">A contiguous float32 or float64 tensor.</param>
    /// <param name="seed">Chooses the numbers; initialisers that draw none ignore it.</param>
    /// <exception cref="Workspaces.Memory.StaleAccessException">The tensor is stale or a default value.</exception>
    /// <exception cref="ArgumentException">Another type, not contiguous, or a shape that the initialiser cannot use.</exception>
    public void Initialize(Tensor target, ulong seed)
    {
        Frame frame = target.HeaderOrNull?.Storage.Frame ?? TensorFrames.Current; // so that a layer made in a traced pass gets its values
        using var op = new OpScope(GetType().Name, frame, target);
        if (!target.DType.IsFloatingPoint) NNErrors.ThrowNotFloat($"initialise with {GetType().Name}", target.DType);
        if (!target.Layout.IsContiguous) NNErrors.ThrowStrided($"initialise with {GetType().Name}", target.Layout);
        var random = new MersenneTwister(DerivedSeed.ToInt32(seed), threadSafe: false);
        IContinuousDistribution? distribution = Distribution(target.Shape, random);
        op.BeginWrite(target, mayBeLeaf: true);
        if (op.Computes) Fill(op, target, distribution);
        op.Complete();
    }

    private void Fill(in OpScope op, Tensor target, IContinuousDistribution? distribution)
    {
        if (target.DType == DType.F32) Fill(op.WriteSpan<float>(target), target.Shape, distribution);
        else Fill(op.WriteSpan<double>(target), target.Shape, distribution);
    }

    /// <summary>Overwrites all elements of a parameter; see <see cref="Initialize(Tensor, ulong)"/>.</summary>
    /// <param name="target">The parameter.</param>
    /// <param name="seed">Chooses the numbers.</param>
    /// <exception cref="Workspaces.Memory.StaleAccessException">The parameter was disposed.</exception>
    /// <exception cref="ArgumentException">A shape that the initialiser cannot use.</exception>
    public void Initialize(Parameter target, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(target);
        Initialize(target.Value, seed);
    }

    /// <summary>The value of every element when nothing is drawn.</summary>
    private protected virtual double Value => 0;

    /// <summary>The distribution to draw from, or null for <see cref="Value"/> everywhere.</summary>
    private protected abstract IContinuousDistribution? Distribution(in Shape shape, System.Random random);

    /// <summary>All elements at once, for initialisers whose elements depend on each other; null to draw them one by one.</summary>
    private protected virtual double[]? Whole(in Shape shape, IContinuousDistribution? distribution) => null;

    /// <summary>Number of inputs that an output of a weight [out, in, kernel…] sums up.</summary>
    private protected long FanIn(in Shape shape) => Fan(shape, 1);

    /// <summary>Number of outputs that an input of a weight [out, in, kernel…] takes part in.</summary>
    private protected long FanOut(in Shape shape) => Fan(shape, 0);

    private long Fan(in Shape shape, int axis)
    {
        if (shape.Rank < 2 || shape.Length == 0) NNErrors.ThrowNoFan(GetType().Name, shape);
        long fan = shape[axis];
        for (int i = 2; i < shape.Rank; i++) fan *= shape[i];
        return fan;
    }

    private void Fill<T>(Span<T> elements, in Shape shape, IContinuousDistribution? distribution)
        where T : unmanaged, INumberBase<T>
    {
        if (Whole(shape, distribution) is { } whole)
        {
            for (int i = 0; i < elements.Length; i++) elements[i] = T.CreateTruncating(whole[i]);
            return;
        }

        if (distribution is null)
        {
            elements.Fill(T.CreateTruncating(Value));
            return;
        }

        var drawn = new double[Chunk];
        for (int start = 0; start < elements.Length; start += Chunk)
        {
            distribution.Samples(drawn);
            Span<T> part = elements[start..Math.Min(elements.Length, start + Chunk)];
            for (int i = 0; i < part.Length; i++) part[i] = T.CreateTruncating(drawn[i]);
        }
    }
}
