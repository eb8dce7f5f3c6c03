namespace Workspaces.Hosting.Configuration;

/// <summary>What a factory is told about the place it creates for.</summary>
/// <param name="Path">The section of the component, <c>Model:Layers:2</c>, for messages and names.</param>
/// <param name="Index">Its number in a list, 0 for a single one.</param>
/// <param name="Run">The run, for its seed and for <see cref="RunConfiguration.ResolvePath"/>; null outside of one.</param>
/// <param name="ShapesOnly">True when memory is predicted from shapes alone: a data set then need not load its samples, only its numbers.</param>
public sealed record ComponentContext(string Path, int Index = 0, RunConfiguration? Run = null, bool ShapesOnly = false);
