namespace Workspaces.Train;

/// <summary>Times of the last 65,536 steps, kept without garbage.</summary>
internal sealed class StepTimes
{
    private const int Kept = 1 << 16;
    private readonly float[] _milliseconds = new float[Kept];
    private long _count;

    internal void Add(double milliseconds) => _milliseconds[_count++ % Kept] = (float)milliseconds;

    /// <summary>The median, 0 without steps.</summary>
    internal double Median()
    {
        int n = (int)Math.Min(_count, Kept);
        if (n == 0) return 0;
        float[] sorted = _milliseconds[..n];
        Array.Sort(sorted);
        return n % 2 == 1 ? sorted[n / 2] : (sorted[(n / 2) - 1] + sorted[n / 2]) / 2.0;
    }
}
