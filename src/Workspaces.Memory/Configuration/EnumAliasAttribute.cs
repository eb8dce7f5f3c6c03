namespace Workspaces.Memory.Configuration;

/// <summary>Marks a member of a configuration enum that is a second name of another one, so that messages print the first.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class EnumAliasAttribute : Attribute;
