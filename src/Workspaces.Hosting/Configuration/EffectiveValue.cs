namespace Workspaces.Hosting.Configuration;

/// <summary>One value that a run really uses.</summary>
/// <param name="Key">The full key.</param>
/// <param name="Value">The value as text.</param>
/// <param name="Origin">The layer that says it, with the section when that is another one, or <c>default</c>.</param>
public sealed record EffectiveValue(string Key, string Value, string Origin);
