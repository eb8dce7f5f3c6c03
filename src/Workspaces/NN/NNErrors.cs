using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>The errors of layers and initialisers: what was asked, by whom, the numbers, the remedy.</summary>
internal static class NNErrors
{
    internal static double Finite(double value, string by, string parameter)
    {
        if (!double.IsFinite(value)) ThrowNumber(value, by, parameter, "a finite number");
        return value;
    }

    internal static double AtLeast(double value, double least, string by, string parameter)
    {
        if (!double.IsFinite(value) || value < least) ThrowNumber(value, by, parameter, $"a finite number of at least {Text(least)}");
        return value;
    }

    internal static double Probability(double value, string by, string parameter)
    {
        if (!(value is >= 0 and <= 1)) ThrowNumber(value, by, parameter, "from 0 to 1");
        return value;
    }

    internal static long Positive(long value, string by, string parameter)
    {
        if (value < 1) ThrowNumber(value, by, parameter, "at least 1");
        return value;
    }

    [DoesNotReturn]
    internal static void ThrowNotFloat(string asked, DType dtype) => throw new ArgumentException(
        WorkspaceException.Compose(asked, "the caller", $"the elements are {dtype.Name}", "use float32 or float64"));

    [DoesNotReturn]
    internal static void ThrowStrided(string asked, in Layout layout) => throw new ArgumentException(
        WorkspaceException.Compose(
            asked, "the caller", $"the elements are not next to each other ({layout})", "initialise the whole tensor, not a view of it"));

    [DoesNotReturn]
    internal static void ThrowNoFan(string initializer, in Shape shape) => throw new ArgumentException(
        WorkspaceException.Compose(
            "count the inputs and outputs of a weight", initializer, $"shape {shape} is not [out, in] or [out, in, kernel…] with elements",
            "use Uniform, Normal or Constant for biases and scalars"));

    [DoesNotReturn]
    internal static void ThrowRegistered(string asked, string module, string why, string remedy) =>
        throw new InvalidOperationException(WorkspaceException.Compose(asked, module, why, remedy));

    [DoesNotReturn]
    internal static void ThrowName(string? name, string module) => throw new ArgumentException(WorkspaceException.Compose(
        $"register under the name '{name}'", module, "a name is one part of a dotted path: not empty and without dots", "use a name such as \"weight\""), nameof(name));

    [DoesNotReturn]
    private static void ThrowNumber(double value, string by, string parameter, string wanted) =>
        throw new ArgumentOutOfRangeException(
            parameter, WorkspaceException.Compose($"use {parameter} = {Text(value)}", by, $"it must be {wanted}", "give a number in range"));

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
