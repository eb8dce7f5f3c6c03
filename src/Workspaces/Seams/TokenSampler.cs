using Workspaces.Data;
using Workspaces.Memory;

namespace Workspaces.Seams;

/// <summary>Draws tokens from logits: the k likeliest, their softmax at a temperature, one uniform number. Makes no garbage.</summary>
internal sealed class TokenSampler
{
    private readonly double _temperature;
    private readonly int _topK;
    private readonly float[] _sorted;
    private readonly int[] _tokens;
    private SplitMix64 _random;

    internal TokenSampler(int classes, TokenChoice choice)
    {
        if (!(choice.Temperature >= 0) || double.IsInfinity(choice.Temperature))
            throw new ArgumentOutOfRangeException(nameof(choice), WorkspaceException.Compose(
                $"choose tokens at temperature {choice.Temperature}", nameof(TokenGenerator), "a temperature is finite and at least 0", "give e.g. 0.8"));
        if (choice.TopK < 0)
            throw new ArgumentOutOfRangeException(nameof(choice), WorkspaceException.Compose(
                $"choose among {choice.TopK} tokens", nameof(TokenGenerator), "their number is at least 1, or 0 for all", "give e.g. 10"));
        _temperature = choice.Temperature;
        _topK = choice.TopK == 0 ? classes : Math.Min(choice.TopK, classes);
        _sorted = new float[classes];
        _tokens = new int[classes];
        _random = new SplitMix64(choice.Seed);
    }

    /// <summary>Draws one token.</summary>
    /// <param name="logits">One a token; a token of −∞ is never drawn.</param>
    internal int Draw(ReadOnlySpan<float> logits)
    {
        int best = Likeliest(logits);
        if (_temperature == 0 || _topK == 1) return best;
        logits.CopyTo(_sorted);
        for (int i = 0; i < _tokens.Length; i++) _tokens[i] = i;
        _sorted.AsSpan().Sort(_tokens.AsSpan()); // rising: the likeliest are the last
        int first = _sorted.Length - _topK;
        double largest = logits[best], sum = 0;
        for (int i = first; i < _sorted.Length; i++) sum += Weight(_sorted[i], largest);
        double left = Uniform() * sum;
        for (int i = _sorted.Length - 1; i > first; i--)
        {
            left -= Weight(_sorted[i], largest);
            if (left < 0) return _tokens[i];
        }

        // All that is left belongs to the last one; rounding may leave a little although its own weight is 0.
        return Weight(_sorted[first], largest) > 0 ? _tokens[first] : best;
    }

    private double Weight(float logit, double largest) => Math.Exp((logit - largest) / _temperature);

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    private double Uniform() => (_random.Next() >> 11) * (1.0 / (1L << 53));

    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (float.IsNaN(logits[i])) SeamErrors.ThrowLogit(i, logits[i]);
            if (logits[i] > logits[best]) best = i;
        }

        if (!float.IsFinite(logits[best])) SeamErrors.ThrowLogit(best, logits[best]);
        return best;
    }
}
