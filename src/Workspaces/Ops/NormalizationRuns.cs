using System.Numerics;
using Workspaces.Kernels.Normalization;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using NormalizationKernel = Workspaces.Kernels.Normalization.Normalization;

namespace Workspaces.Ops;

/// <summary>The parts of a normalisation as ops on contiguous tensors, without the tape. Default tensors stand for what there is not.</summary>
internal static class NormalizationRuns
{
    /// <summary>What the backward half needs.</summary>
    internal readonly record struct Saved(Tensor X, Tensor Mean, Tensor Inverse, Tensor Scale);

    /// <summary>Means of the sets, new tensors; running statistics take a step.</summary>
    internal static Tensor Statistics(
        string name, Tensor x, Tensor runningMean, Tensor runningVariance, in NormalizationShape shape, double epsilon, double momentum, out Tensor inverse)
    {
        bool running = Has(runningMean);
        using OpScope op = running ? new OpScope(name, x, runningMean, runningVariance) : new OpScope(name, x);
        var sets = new Shape(shape.Sets);
        Tensor mean = op.Allocate(x.DType, sets);
        inverse = op.Allocate(x.DType, sets);
        if (running)
        {
            op.BeginWrite(runningMean);
            op.BeginWrite(runningVariance);
        }

        if (x.DType == DType.F32) Statistics<float>(op, x, mean, inverse, runningMean, runningVariance, shape, epsilon, momentum);
        else Statistics<double>(op, x, mean, inverse, runningMean, runningVariance, shape, epsilon, momentum);
        op.Complete();
        return mean;
    }

    /// <summary>A copy of the mean, and the inverse deviation.</summary>
    internal static Tensor Given(string name, Tensor mean, Tensor variance, double epsilon, out Tensor inverse)
    {
        using var op = new OpScope(name, mean, variance);
        Tensor copy = op.Allocate(mean.DType, mean.Shape);
        inverse = op.Allocate(mean.DType, mean.Shape);
        if (op.Computes && mean.DType == DType.F32) Given<float>(op, mean, variance, copy, inverse, epsilon);
        else if (op.Computes) Given<double>(op, mean, variance, copy, inverse, epsilon);
        op.Complete();
        return copy;
    }

    internal static Tensor Apply(
        string name, Tensor x, Tensor mean, Tensor inverse, Tensor scale, Tensor shift, in NormalizationShape shape, bool rectified)
    {
        using OpScope op = Has(shift) ? new OpScope(name, x, mean, inverse, scale, shift)
            : Has(scale) ? new OpScope(name, x, mean, inverse, scale)
            : new OpScope(name, x, mean, inverse);
        Tensor y = op.Allocate(x.DType, x.Shape);
        if (op.Computes && x.DType == DType.F32) Apply<float>(op, x, mean, inverse, scale, shift, y, shape, rectified);
        else if (op.Computes) Apply<double>(op, x, mean, inverse, scale, shift, y, shape, rectified);
        op.Complete();
        return y;
    }

    /// <summary>A new gradient of the input; those of scale and shift are written to their targets.</summary>
    internal static Tensor Gradients(
        string name, Tensor dY, in Saved saved, in NormalizationShape shape, bool given, Tensor dScale, bool addScale, Tensor dShift, bool addShift)
    {
        ReadOnlySpan<Tensor> all = [dY, saved.X, saved.Mean, saved.Inverse, saved.Scale, dScale, dShift];
        Span<Tensor> operands = [default, default, default, default, default, default, default];
        int count = 0;
        foreach (Tensor tensor in all)
        {
            if (Has(tensor)) operands[count++] = tensor;
        }

        using var op = new OpScope(name, operands[..count]);
        Tensor dX = op.Allocate(dY.DType, dY.Shape);
        if (Has(dScale)) op.BeginWrite(dScale, mayBeLeaf: true);
        if (Has(dShift)) op.BeginWrite(dShift, mayBeLeaf: true);
        if (dY.DType == DType.F32) Gradients<float>(op, dY, saved, shape, given, dX, dScale, addScale, dShift, addShift);
        else Gradients<double>(op, dY, saved, shape, given, dX, dScale, addScale, dShift, addShift);
        op.Complete();
        return dX;
    }

    private static bool Has(Tensor tensor) => tensor.HeaderOrNull is not null;

    private static ReadOnlySpan<T> Read<T>(in OpScope op, Tensor tensor)
        where T : unmanaged => Has(tensor) ? op.ReadSpan<T>(tensor) : default;

    private static KernelTeam? Team(in OpScope op, Tensor x) => ComputeTeams.For(op.Frame, x.Length * x.DType.SizeInBytes);

    private static void Statistics<T>(
        in OpScope op, Tensor x, Tensor mean, Tensor inverse, Tensor runningMean, Tensor runningVariance, in NormalizationShape shape, double epsilon, double momentum)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool running = Has(runningMean);
        using OpScratch<double> variances = op.Scratch<double>(running ? shape.Sets : 0);
        if (!op.Computes) return;
        NormalizationKernel.Statistics(shape, op.ReadSpan<T>(x), op.WriteSpan<T>(mean), op.WriteSpan<T>(inverse), epsilon, variances.Span, Team(op, x));
        if (!running || shape.SetLength == 0) return;
        double unbiased = shape.SetLength / (double)Math.Max(1, shape.SetLength - 1);
        ReadOnlySpan<T> means = op.ReadSpan<T>(mean);
        Span<T> keptMeans = op.WriteSpan<T>(runningMean), keptVariances = op.WriteSpan<T>(runningVariance);
        for (int i = 0; i < means.Length; i++)
        {
            keptMeans[i] = Step(keptMeans[i], double.CreateTruncating(means[i]), momentum);
            keptVariances[i] = Step(keptVariances[i], variances.Span[i] * unbiased, momentum);
        }
    }

    private static T Step<T>(T kept, double value, double momentum)
        where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating((double.CreateTruncating(kept) * (1 - momentum)) + (value * momentum));

    private static void Given<T>(in OpScope op, Tensor mean, Tensor variance, Tensor copy, Tensor inverse, double epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        op.ReadSpan<T>(mean).CopyTo(op.WriteSpan<T>(copy));
        ReadOnlySpan<T> variances = op.ReadSpan<T>(variance);
        Span<T> inverses = op.WriteSpan<T>(inverse);
        for (int i = 0; i < variances.Length; i++) inverses[i] = T.CreateTruncating(1 / Math.Sqrt(double.CreateTruncating(variances[i]) + epsilon));
    }

    private static void Apply<T>(
        in OpScope op, Tensor x, Tensor mean, Tensor inverse, Tensor scale, Tensor shift, Tensor y, in NormalizationShape shape, bool rectified)
        where T : unmanaged, IFloatingPointIeee754<T> => NormalizationKernel.Apply(
        shape, op.ReadSpan<T>(x), op.ReadSpan<T>(mean), op.ReadSpan<T>(inverse), Read<T>(op, scale), Read<T>(op, shift), op.WriteSpan<T>(y), rectified,
        Team(op, x));

    private static void Gradients<T>(
        in OpScope op, Tensor dY, in Saved saved, in NormalizationShape shape, bool given, Tensor dX, Tensor dScale, bool addScale, Tensor dShift, bool addShift)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using OpScratch<double> sums = op.Scratch<double>(NormalizationKernel.BackwardScratch(shape));
        if (!op.Computes) return;
        NormalizationBackward.Run(
            shape, given, op.ReadSpan<T>(saved.X), op.ReadSpan<T>(dY), op.ReadSpan<T>(saved.Mean), op.ReadSpan<T>(saved.Inverse), Read<T>(op, saved.Scale),
            op.WriteSpan<T>(dX), sums.Span, Team(op, dY));
        if (Has(dScale)) NormalizationBackward.OfChannels(shape, sums.Span, 1, op.WriteSpan<T>(dScale), addScale);
        if (Has(dShift)) NormalizationBackward.OfChannels(shape, sums.Span, 0, op.WriteSpan<T>(dShift), addShift);
    }
}
