namespace Workspaces.Tests.Ops;

/// <summary>A table of ops to test.</summary>
public interface IOpTable
{
    static abstract OpCase[] Cases { get; }
}
