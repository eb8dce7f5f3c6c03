namespace Workspaces.Tests.RandomPrograms;

/// <summary>What a program itself throws in the middle of a pass.</summary>
internal sealed class ProgramFailure : Exception;
