namespace Workspaces.Tests.RandomPrograms;

/// <summary>How a code is read: five of eight are ops, the others actions; what is left over chooses the operands.</summary>
internal static class ProgramStep
{
    private const int Eighths = 8, OpEighths = 5;

    private static readonly int Actions = Enum.GetValues<ProgramAction>().Length;

    /// <summary>True for an op, false for an action.</summary>
    internal static bool IsOp(int code) => code % Eighths < OpEighths;

    internal static ProgramOp Op(int code) => ProgramOps.All[code / Eighths % ProgramOps.All.Length].Run;

    internal static ProgramAction Action(int code) => (ProgramAction)(code / Eighths % Actions);

    /// <summary>Chooses operands and numbers.</summary>
    internal static int Rest(int code) => code / Eighths / Width(code);

    /// <summary>The code of the same step with another rest.</summary>
    internal static int With(int code, int rest) => (int)Math.Min(int.MaxValue, Without(code) + ((long)rest * Eighths * Width(code)));

    /// <summary>The code of the same step with rest 0.</summary>
    internal static int Without(int code) => code % (Eighths * Width(code));

    /// <summary>The code of an action.</summary>
    internal static int Of(ProgramAction action, int rest = 0) => With(((int)action * Eighths) + OpEighths, rest);

    /// <summary>The code of an op, by its name.</summary>
    internal static int Of(string op, int rest = 0) => With(Array.FindIndex(ProgramOps.All, known => known.Name == op) * Eighths, rest);

    /// <summary>The expression that makes a code, which means the same when ops have been added.</summary>
    internal static string Expression(int code) =>
        $"Of({(IsOp(code) ? $"\"{ProgramOps.All[code / Eighths % ProgramOps.All.Length].Name}\"" : $"ProgramAction.{Action(code)}")}, {Rest(code)})";

    private static int Width(int code) => IsOp(code) ? ProgramOps.All.Length : Actions;
}
