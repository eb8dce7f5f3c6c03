using System.Globalization;

namespace Workspaces.Train.Metrics;

/// <summary>Metrics by the names that configurations use.</summary>
public static class MetricNames
{
    private const string Top = "Top";

    /// <summary>The names; <c>Top5</c> stands for any number.</summary>
    public static IReadOnlyList<string> Known { get; } = Array.AsReadOnly(["Accuracy", "Top5", "Perplexity", "ConfusionMatrix", "MAE", "MSE", "R2"]);

    /// <summary>Makes a metric.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <returns>The metric.</returns>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Metric Create(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith(Top, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(name.AsSpan(Top.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0) return new TopK(count);
        return name.ToUpperInvariant() switch
        {
            "ACCURACY" => new Accuracy(),
            "PERPLEXITY" => new Perplexity(),
            "CONFUSIONMATRIX" => new ConfusionMatrix(),
            "MAE" => new MeanAbsoluteError(),
            "MSE" => new MeanSquaredError(),
            "R2" => new R2(),
            _ => throw MetricErrors.Unknown(name),
        };
    }
}
