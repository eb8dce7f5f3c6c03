using Workspaces.Memory;
using Workspaces.Memory.Pressure;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Budgets;

/// <summary>A manager with a limit over memory that is counted apart from its books.</summary>
internal sealed class LimitedManager : IDisposable
{
    public const long Mebi = 1 << 20;

    public LimitedManager(long limitMebi = 0, params (string Name, long Mebi)[] quotas)
    {
        Configuration = new WorkspaceManagerConfiguration
        {
            MemoryLimit = limitMebi * Mebi, Quotas = quotas.ToDictionary(static quota => quota.Name, static quota => quota.Mebi * Mebi), TrimSeconds = 0,
        };
        Manager = new WorkspaceManager(Configuration, null, null, shapesOnly: false, new ManagerSurroundings(TimeProvider.System, new SystemControlFiles(), Pages));
    }

    public WorkspaceManagerConfiguration Configuration { get; }

    public CountingVirtualMemory Pages { get; } = new();

    public WorkspaceManager Manager { get; }

    /// <summary>A block of whole mebibytes, filled.</summary>
    public static RawBlock Filled(Workspace workspace, double mebi, byte value = 7, string? op = null)
    {
        RawBlock block = RawBlock.From(workspace, (long)(mebi * Mebi), op: op);
        block.Fill(value);
        return block;
    }

    /// <summary>Leases, runs one pass with one block, and ends the lease.</summary>
    public void RunOnce(string name, double mebi)
    {
        using Workspace workspace = Manager.Lease(new() { Name = name });
        using Pass pass = workspace.Enter();
        Filled(workspace, mebi);
    }

    /// <summary>The books say what the system has given, and add up.</summary>
    public void AssertBooksAreTrue()
    {
        long own = Manager.Memory.External;
        Assert.Equal(Pages.Committed, Manager.Memory.Committed);
        Assert.Equal(Pages.Committed + own, Manager.Budget.UsedBytes);
        Assert.Equal(Manager.Budget.UsedBytes, Manager.Budget.Holders.Sum(static share => share.UsedBytes));
        if (Configuration.MemoryLimit > 0) Assert.InRange(Pages.Peak, 0, Configuration.MemoryLimit);
    }

    public void Dispose()
    {
        Manager.Dispose();
        Assert.Equal(0, Pages.Committed);
        Assert.Equal(0, Manager.Budget.UsedBytes);
    }
}
