namespace Workspaces.Mutation;

/// <summary>A few files, and the tests that are to hold them.</summary>
/// <param name="Mutate">Files or folders below the source folder.</param>
/// <param name="Tests">Parts of the names of tests that run.</param>
/// <param name="Skip">Parts of the names of tests that do not: too slow, or not about this.</param>
internal sealed record Slice(string[] Mutate, string[] Tests, string[] Skip);
