namespace Workspaces.Memory;

/// <summary>Marks a <see cref="long"/> property that counts bytes: written in configuration as <c>4096</c> or <c>64 MiB</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeInBytesAttribute : Attribute;
