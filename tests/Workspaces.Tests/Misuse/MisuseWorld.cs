using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Misuse;

/// <summary>What a misuse program has around it: a manager, a workspace called <c>step</c>, and a folder. Workspaces that it leaves open end with the manager.</summary>
internal sealed class MisuseWorld : IDisposable
{
    private TemporaryFolder? _folder;

    internal WorkspaceManager Manager { get; } = new();

    /// <summary>The workspace <c>step</c>, leased when it is asked for the first time.</summary>
    internal Workspace Step => field ??= Manager.Lease(new() { Name = "step" });

    internal string File(string name, ReadOnlySpan<byte> content) => Folder.Write(name, content);

    internal string PathOf(string name) => Path.Combine(Folder.Path, name);

    private TemporaryFolder Folder => _folder ??= new TemporaryFolder();

    /// <summary>Another flow of the same manager still computes, whatever was done to this one.</summary>
    internal void AssertWorks()
    {
        using Workspace after = Manager.Lease(new());
        for (int i = 0; i < 3; i++)
        {
            using Pass pass = after.Enter();
            using Tensor x = Tensor.Full([8, 8], 0.5);
            Assert.Equal(128f, x.MatMul(x).Sum().Item());
        }
    }

    public void Dispose()
    {
        Manager.Dispose();
        _folder?.Dispose();
    }
}
