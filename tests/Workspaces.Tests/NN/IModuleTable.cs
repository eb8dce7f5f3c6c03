namespace Workspaces.Tests.NN;

/// <summary>A table of modules to test.</summary>
public interface IModuleTable
{
    /// <summary>The modules.</summary>
    static abstract ModuleCase[] Cases { get; }

    /// <summary>The file of PyTorch's figures for them, without extension.</summary>
    static abstract string GoldenFile { get; }
}
