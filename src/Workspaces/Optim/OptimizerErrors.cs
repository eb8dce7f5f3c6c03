using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Workspaces.Autograd;
using Workspaces.Memory;

namespace Workspaces.Optim;

/// <summary>Checks of what optimizers are given, and their errors.</summary>
internal static class OptimizerErrors
{
    /// <summary>Refuses no parameters, null, disposed ones, and any that comes twice or is among those known.</summary>
    internal static void CheckParameters(ReadOnlySpan<Parameter> parameters, ReadOnlySpan<Parameter> known, string optimizer)
    {
        if (parameters.IsEmpty)
            ThrowParameters(nameof(parameters), optimizer, "there are none", "give it model.Parameters of a model that has some");
        var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        foreach (Parameter parameter in known) seen.Add(parameter);
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

    /// <summary>A number above 0, finite unless infinity means "no limit".</summary>
    internal static double Above0(double value, string by, string parameter, bool mayBeInfinite = false)
    {
        if (!(value > 0) || (!mayBeInfinite && double.IsInfinity(value)))
            ThrowNumber(value, by, parameter, mayBeInfinite ? "above 0" : "finite and above 0");
        return value;
    }

    /// <summary>A fraction, both ends included.</summary>
    internal static double Fraction(double value, string by, string parameter)
    {
        if (!(value is >= 0 and <= 1)) ThrowNumber(value, by, parameter, "from 0 to 1");
        return value;
    }

    /// <summary>A count of at least so many.</summary>
    internal static long Count(long value, long least, string by, string parameter)
    {
        if (value < least) ThrowNumber(value, by, parameter, $"at least {least.ToString(CultureInfo.InvariantCulture)}");
        return value;
    }

    /// <summary>One of the numbers of a scheduler's state.</summary>
    internal static double StateNumber(IReadOnlyDictionary<string, double> state, string name, string by)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.TryGetValue(name, out double value))
            throw new ArgumentException(WorkspaceException.Compose(
                "go on with a schedule", by, $"its state has no {name}, only {string.Join(", ", state.Keys)}", "give it the state of a scheduler of its kind"), nameof(state));
        return value;
    }

    [DoesNotReturn]
    internal static void ThrowNoNumber(string optimizer, string name, IReadOnlyList<string> known) => throw new ArgumentException(WorkspaceException.Compose(
        $"give a group a number '{name}'", optimizer,
        known.Count == 0 ? "groups have LearningRate and WeightDecay only" : $"groups have LearningRate, WeightDecay, {string.Join(", ", known)}", "use one of these names"));

    [DoesNotReturn]
    internal static void ThrowNoState(string optimizer, string name, double value) => throw new InvalidOperationException(WorkspaceException.Compose(
        $"set {name} = {value.ToString(CultureInfo.InvariantCulture)}", optimizer,
        $"the group was made with 0, so nothing is remembered for it, and the first step has been taken", $"give the group a {name} above 0 before the first step"));

    [DoesNotReturn]
    internal static void ThrowNesterov(double momentum, double dampening) => throw new ArgumentException(
        WorkspaceException.Compose(
            "look ahead along the velocity", nameof(Sgd), string.Create(
                CultureInfo.InvariantCulture, $"momentum is {momentum} and dampening {dampening}, and Nesterov's rule is made for a velocity without dampening"),
            "give a momentum above 0 and no dampening, or leave nesterov off"), nameof(momentum));

    [DoesNotReturn]
    internal static void ThrowSwapped(string asked, string by) => throw new InvalidOperationException(WorkspaceException.Compose(
        asked, by, "its averages are in the parameters now, and the parameters' own values are kept in their place",
        "dispose what SwapIn returned first"));

    [DoesNotReturn]
    internal static void ThrowOrder(string by, string what) => throw new ArgumentException(
        WorkspaceException.Compose("make a schedule", by, what, "give them in rising order, each at least 1"), nameof(what));

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
    internal static void ThrowNumber(double value, string optimizer, string parameter, string wanted) =>
        throw new ArgumentOutOfRangeException(parameter, WorkspaceException.Compose(
            $"use {parameter} = {value.ToString(CultureInfo.InvariantCulture)}", optimizer, $"it must be {wanted}", "give a number in range"));
}
