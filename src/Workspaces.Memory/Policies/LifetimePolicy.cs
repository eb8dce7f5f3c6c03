namespace Workspaces.Memory;

/// <summary>Until when the plan keeps a block.</summary>
public enum LifetimePolicy
{
    /// <summary>Until it is released or its pass ends.</summary>
    Released,

    /// <summary>Until its last recorded use.</summary>
    LastUse,
}
