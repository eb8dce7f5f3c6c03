namespace Workspaces.Hosting.Configuration;

/// <summary>One source of a run's configuration: later layers win over earlier ones, key by key.</summary>
/// <param name="Name">The words that messages use: <c>appsettings.json</c>, <c>run file</c>, <c>environment</c>, <c>--set</c>.</param>
/// <param name="Folder">The folder that relative paths in this layer start from.</param>
/// <param name="Values">The full keys (<c>Workspaces:step:MaxSize</c>, any case) and their texts.</param>
public sealed record ConfigurationLayer(string Name, string Folder, IReadOnlyDictionary<string, string?> Values);
