using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Workspaces.Autograd;
using Workspaces.Memory;

namespace Workspaces.Optim;

/// <summary>Checks of what optimizers are given, and their errors.</summary>
internal static class OptimizerErrors
{
    internal static void CheckParameters(ReadOnlySpan<Parameter> parameters, string optimizer)
    {
        if (parameters.IsEmpty)
            ThrowParameters(nameof(parameters), optimizer, "there are none", "give it model.Parameters of a model that has some");
        var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < parameters.Length; i++)
        {
            Parameter parameter = parameters[i];
            if (parameter is null)
                ThrowParameters(nameof(parameters), optimizer, $"number {i} of {parameters.Length} is null", "leave it out");
            if (!parameter.Value.IsAlive)
                ThrowParameters(nameof(parameters), optimizer, $"number {i}, '{parameter.Name}', was disposed", "make the optimizer while the model lives");
            if (!seen.Add(parameter))
                ThrowParameters(nameof(parameters), optimizer, $"number {i}, '{parameter.Name}', came before", "give each parameter once");
        }
    }

    internal static double AtLeast(double value, double least, string optimizer, string parameter)
    {
        if (!double.IsFinite(value) || value < least)
            ThrowNumber(value, optimizer, parameter, $"a finite number of at least {least.ToString(CultureInfo.InvariantCulture)}");
        return value;
    }

    internal static double Decay(double value, string optimizer, string parameter)
    {
        if (!(value is >= 0 and < 1)) ThrowNumber(value, optimizer, parameter, "at least 0 and below 1");
        return value;
    }

    [DoesNotReturn]
    internal static void ThrowNesterov(double momentum) => throw new ArgumentException(WorkspaceException.Compose(
        "look ahead along the velocity", nameof(Sgd), $"momentum is {momentum.ToString(CultureInfo.InvariantCulture)}, so there is no velocity",
        "give a momentum above 0, or leave nesterov off"), nameof(momentum));

    [DoesNotReturn]
    internal static void ThrowStates(int stateCount) => throw new ArgumentOutOfRangeException(
        nameof(stateCount), WorkspaceException.Compose(
            $"remember {stateCount} numbers for each element", nameof(Optimizer), $"0 to {ParameterRun.MaxStates} are possible", "use fewer"));

    [DoesNotReturn]
    internal static void ThrowMoved(string optimizer, Parameter parameter) => throw new InvalidOperationException(WorkspaceException.Compose(
        $"update '{parameter.Name}'", optimizer, "it has moved to another manager since the optimizer was made, which remembers numbers for its old place",
        "make a new optimizer after MoveTo"));

    [DoesNotReturn]
    private static void ThrowParameters(string parameter, string optimizer, string why, string remedy) => throw new ArgumentException(
        WorkspaceException.Compose("optimize parameters", optimizer, why, remedy), parameter);

    [DoesNotReturn]
    private static void ThrowNumber(double value, string optimizer, string parameter, string wanted) =>
        throw new ArgumentOutOfRangeException(parameter, WorkspaceException.Compose(
            $"use {parameter} = {value.ToString(CultureInfo.InvariantCulture)}", optimizer, $"it must be {wanted}", "give a number in range"));
}
