namespace Workspaces.Tests.Ops;

/// <summary>How an input lies in memory.</summary>
public enum Placement
{
    Contiguous,
    Transposed,
    EverySecond,
}
