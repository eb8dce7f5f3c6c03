using Workspaces.Kernels.Simd;

namespace Workspaces.Tests.Kernels;

/// <summary>What every kernel test needs: the variants of this machine, sizes that hit all tails, and guarded buffers.</summary>
public abstract class KernelConformance
{
    /// <summary>Elements put before and behind a guarded buffer; a number that no test computes.</summary>
    private const int GuardLength = 67;

    private const double GuardValue = -7777.25;

    /// <summary>0, 1, odd, every register width of f32 and f64 and its neighbours, and some large ones.</summary>
    internal static readonly int[] Sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 129, 1000, 4099];

    internal static KernelVariant[] Variants => Array.FindAll(Enum.GetValues<KernelVariant>(), KernelSelection.IsAvailable);

    internal static float[] Normal(int length, int seed, float scale = 1)
    {
        var random = new Random(seed);
        var x = new float[length];
        foreach (ref float value in x.AsSpan())
            value = scale * (float)Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * (float)Math.Cos(2 * Math.PI * random.NextDouble());
        return x;
    }

    internal static double[] Doubles(float[] x) => Array.ConvertAll(x, v => (double)v);

    /// <summary>Runs a kernel on a copy of <paramref name="content"/> amid guards, at an odd offset, and returns what it became.</summary>
    internal static T[] Guarded<T>(ReadOnlySpan<T> content, GuardedAction<T> action)
        where T : System.Numerics.INumber<T>
    {
        T guard = T.CreateTruncating(GuardValue);
        var buffer = new T[content.Length + (2 * GuardLength)];
        Array.Fill(buffer, guard);
        content.CopyTo(buffer.AsSpan(GuardLength));
        action(buffer.AsSpan(GuardLength, content.Length));
        Assert.All(buffer[..GuardLength], v => Assert.Equal(guard, v));
        Assert.All(buffer[^GuardLength..], v => Assert.Equal(guard, v));
        return buffer[GuardLength..^GuardLength];
    }

    internal static void AssertClose(double expected, double actual, double tolerance, string what)
    {
        if (double.IsNaN(expected) ? double.IsNaN(actual) : expected == actual || Math.Abs(expected - actual) <= tolerance)
            return;
        Assert.Fail($"{what}: expected {expected:R}, got {actual:R}, tolerance {tolerance:R}");
    }

    internal delegate void GuardedAction<T>(Span<T> span);
}
