using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Tests.IO;
using Workspaces.Train;
using Xunit.Abstractions;

namespace Workspaces.Tests.Hostile;

/// <summary>The state of a model: a file that is refused has changed no weight.</summary>
public sealed class ModuleStateHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds => [HostileSeeds.Of(static path =>
    {
        using var model = new Linear(3, 2, seed: 1);
        model.SaveState(path);
    })];

    public void Read(string path, WorkspaceManager manager)
    {
        using Workspace workspace = manager.Lease(new());
        using var model = new Linear(3, 2, seed: 2);
        float[] before = model.Weight.Value.ToArray<float>();
        try
        {
            _ = model.LoadState(path);
        }
        catch (InvalidDataException)
        {
            Assert.Equal(before, model.Weight.Value.ToArray<float>());
            throw;
        }
    }
}

public sealed class ModuleStateHostileTests(ITestOutputHelper output) : HostileConformance<ModuleStateHostile>(output);
