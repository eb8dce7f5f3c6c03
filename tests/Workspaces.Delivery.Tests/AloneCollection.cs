namespace Workspaces.Delivery.Tests;

/// <summary>Tests that change what belongs to the whole process: its current directory and its output.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
