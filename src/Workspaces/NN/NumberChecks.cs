using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Workspaces.Memory;

namespace Workspaces.NN;

/// <summary>Numbers that must lie strictly on one side of another.</summary>
internal static class NumberChecks
{
    internal static double Above(double value, double bound, string by, string parameter)
    {
        if (!double.IsFinite(value) || value <= bound) Throw(value, by, parameter, $"a finite number above {bound.ToString(CultureInfo.InvariantCulture)}");
        return value;
    }

    internal static double Below(double value, double bound, string by, string parameter)
    {
        if (!(value < bound)) Throw(value, by, parameter, $"below {bound.ToString(CultureInfo.InvariantCulture)}");
        return value;
    }

    [DoesNotReturn]
    private static void Throw(double value, string by, string parameter, string wanted) => throw new ArgumentOutOfRangeException(
        parameter,
        WorkspaceException.Compose($"use {parameter} = {value.ToString(CultureInfo.InvariantCulture)}", by, $"it must be {wanted}", "give a number in range"));
}
