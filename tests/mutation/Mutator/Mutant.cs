namespace Workspaces.Mutation;

/// <summary>One small change of the program.</summary>
/// <param name="Id">Its number, from 1.</param>
/// <param name="File">Where, below the source folder.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Kind">What kind of change.</param>
/// <param name="Before">The code as it is.</param>
/// <param name="After">The code as it is with the change.</param>
internal sealed record Mutant(int Id, string File, int Line, string Kind, string Before, string After);
