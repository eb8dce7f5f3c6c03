namespace Workspaces.Benchmarks;

/// <summary>Requests of mixed sizes with releases in between, the same for the same seed.</summary>
public sealed class RequestList
{
    /// <summary>Requests of the list that passes are measured with.</summary>
    public const int Requests = 100;

    private const int SmallestExponent = 6, LargestExponent = 20;
    private const int LongestLife = 12;

    private readonly int[] _sizes;
    private readonly int[] _steps;
    private readonly int[] _left;

    /// <summary>Draws a list.</summary>
    /// <param name="count">Number of requests.</param>
    /// <param name="seed">Seed of sizes and lifetimes.</param>
    public RequestList(int count, int seed)
    {
        var random = new Random(seed);
        _sizes = new int[count];
        var deaths = new List<int>[count];
        for (int i = 0; i < count; i++) deaths[i] = [];
        List<int> left = [];
        for (int i = 0; i < count; i++)
        {
            _sizes[i] = (int)Math.Pow(2, SmallestExponent + (LargestExponent - SmallestExponent) * random.NextDouble());
            int death = random.Next(3) == 0 ? count : i + random.Next(1, LongestLife);
            (death < count ? deaths[death] : left).Add(i);
        }

        List<int> steps = [];
        for (int i = 0; i < count; i++)
        {
            steps.Add(i);
            foreach (int dead in deaths[i]) steps.Add(~dead);
        }

        _steps = [.. steps];
        _left = [.. left];
    }

    /// <summary>Bytes of each request.</summary>
    public ReadOnlySpan<int> Sizes => _sizes;

    /// <summary>What happens in order: the number of a request, or the complement of one that is released.</summary>
    public ReadOnlySpan<int> Steps => _steps;

    /// <summary>Requests that are never released.</summary>
    public ReadOnlySpan<int> Left => _left;
}
