namespace Workspaces.Tests;

/// <summary>Tests that read figures of the whole process, or its console, run while nothing else does.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
