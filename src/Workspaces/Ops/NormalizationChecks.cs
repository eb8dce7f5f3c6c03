using Workspaces.Kernels.Normalization;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Checks the operands of batch and group norm.</summary>
internal static class NormalizationChecks
{
    /// <summary>The sizes for kernels; 0 groups for batch norm.</summary>
    internal static NormalizationShape Of(string name, Tensor x, Tensor? weight, Tensor? bias, int groups, double epsilon)
    {
        Shape given = x.Checked(name).Layout.Shape;
        weight?.Checked(name);
        bias?.Checked(name);
        if (given.Rank < 2)
            throw new ShapeException($"normalise {given}", name, "the input has at least two axes: [n, channels, …]", "add a missing batch axis with Unsqueeze(0)");
        Dispatch.RequireFloat(x, name);
        Windows.CheckLength(name, given);
        if (groups > 0 && (given[1] == 0 || given[1] % groups != 0))
            throw new ShapeException($"normalise {given} in {groups} groups", name, $"they do not divide {given[1]} channels", "use a number of groups that divides the channels");
        if (!(epsilon >= 0) || !double.IsFinite(epsilon))
            OpThrow.Parameter(nameof(epsilon), name, x, epsilon, "what is added to the variance must be finite and at least 0", "give one in range");
        if (bias is not null && weight is null)
            throw new ArgumentException(WorkspaceException.Compose($"shift {given} without a scale", name, "a bias goes together with a weight", "give both, or none"));
        Parameter(name, "weight", x, weight);
        Parameter(name, "bias", x, bias);
        return new NormalizationShape
        {
            Batch = (int)given[0], Channels = (int)given[1], Groups = groups,
            Inner = given.Length == 0 ? 0 : (int)(given.Length / given[0] / given[1]),
        };
    }

    /// <summary>Running statistics come both or not at all, and they are written to in place.</summary>
    internal static void Running(string name, Tensor x, Tensor? mean, Tensor? variance)
    {
        Statistics(name, x, mean, variance);
        foreach (Tensor? running in (ReadOnlySpan<Tensor?>)[mean, variance])
        {
            if (running is { } given && !given.Layout.IsContiguous) TensorThrow.NotContiguous(given, $"keep running statistics of {name}");
        }
    }

    /// <summary>Statistics that are only read may lie anywhere; they come both or not at all.</summary>
    internal static void Statistics(string name, Tensor x, Tensor? mean, Tensor? variance)
    {
        mean?.Checked(name);
        variance?.Checked(name);
        if (mean is null != variance is null)
            throw new ArgumentException(WorkspaceException.Compose(
                $"normalise {x.Shape} with one running statistic", name, "mean and variance belong together", "give both, or none"));
        Parameter(name, "mean", x, mean);
        Parameter(name, "variance", x, variance);
    }

    private static void Parameter(string name, string what, Tensor x, Tensor? parameter)
    {
        if (parameter is not { } given) return;
        if (given.Rank != 1 || given.Shape[0] != x.Shape[1])
            throw new ShapeException($"normalise {x.Shape} with a {what} {given.Shape}", name, $"there are {x.Shape[1]} channels", $"give the {what} one element a channel");
        if (given.DType != x.DType) TensorThrow.TypesDiffer(name, x, given);
    }
}
