namespace Workspaces.Tests.RandomPrograms;

/// <summary>Programs that failed once, with what was wrong, and small ones for each kind of block.</summary>
public static class KnownPrograms
{
    /// <summary>What was wrong, where the program runs, and the program.</summary>
    public static TheoryData<string, string, TensorProgram> All => new()
    {
        { "the empty program", "enabled", new(0, []) },
    };
}
