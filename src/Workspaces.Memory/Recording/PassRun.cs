namespace Workspaces.Memory.Recording;

/// <summary>Passes in a row that were of one kind and were served in one way.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Signature">Signature of the passes.</param>
/// <param name="State">How they were served.</param>
/// <param name="Count">How many they were.</param>
public readonly record struct PassRun(string Workspace, PassSignature Signature, RecordedPassState State, long Count);
