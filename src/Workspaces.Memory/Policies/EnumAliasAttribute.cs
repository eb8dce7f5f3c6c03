namespace Workspaces.Memory.Policies;

/// <summary>Marks a member of a configuration enum that is a second name of another member, so that messages print the first name.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class EnumAliasAttribute : Attribute;
