using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Workspaces.Tensors;

namespace Workspaces.NN.Init;

/// <summary>
/// Rows or columns, whichever are fewer, are orthogonal and of length gain (Saxe, McClelland and Ganguli 2014): Q of the QR decomposition of a normal matrix,
/// with the signs that make it uniform among all such (Mezzadri 2007). Weights are [out, in, kernel…]; the axes after the first count as one.
/// </summary>
public sealed record Orthogonal : Initializer
{
    /// <summary>Makes the initialiser.</summary>
    /// <param name="gain">Factor that fits the activation that follows: √2 for ReLU, 5/3 for tanh, 1 for none and for recurrences; finite, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The gain is out of range.</exception>
    public Orthogonal(double gain = 1) => Gain = NNErrors.AtLeast(gain, 0, nameof(Orthogonal), nameof(gain));

    /// <summary>Factor that fits the activation that follows.</summary>
    public double Gain { get; }

    private protected override IContinuousDistribution Distribution(in Shape shape, System.Random random)
    {
        FanIn(shape); // refuses what is no weight
        return new MathNet.Numerics.Distributions.Normal(0, 1, random);
    }

    private protected override double[] Whole(in Shape shape, IContinuousDistribution? distribution)
    {
        int rows = (int)shape[0], columns = (int)(shape.Length / rows), longer = Math.Max(rows, columns), shorter = Math.Min(rows, columns);
        var drawn = new double[longer * shorter];
        distribution!.Samples(drawn);
        QR<double> qr = Matrix<double>.Build.Dense(longer, shorter, drawn).QR(QRMethod.Thin);
        Matrix<double> q = qr.Q;
        for (int j = 0; j < shorter; j++)
        {
            double factor = qr.R[j, j] < 0 ? -Gain : Gain;
            for (int i = 0; i < longer; i++) q[i, j] *= factor;
        }

        return rows >= columns ? q.ToRowMajorArray() : q.ToColumnMajorArray(); // column by column, q is its transpose row by row
    }
}
