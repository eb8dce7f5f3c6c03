using Workspaces.IO;
using Workspaces.Memory.Files;
using Workspaces.NN;
using Workspaces.Tensors;
using Workspaces.Train;

namespace Workspaces.Tests.IO;

/// <summary>Files that killed writers have left are taken away, and nothing else is.</summary>
public sealed class LeftoverTests : IDisposable
{
    private static readonly string Number = new('a', 32);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_unfinished_checkpoints_go()
    {
        string[] unfinished = [$"checkpoint-0000000007.safetensors.{Number}.tmp", $"best.safetensors.{Guid.NewGuid():N}.tmp"];
        string[] others =
        [
            "checkpoint-0000000007.safetensors", "best.safetensors", $"mine.safetensors.{Number}.tmp", "best.safetensors.tmp", $"best.safetensors.{Number[1..]}.tmp",
            $"best.safetensors.{Number}", $"best.safetensorsx{Number}.tmp", $"{Number}.tmp", $".{Number}.tmp", ".tmp",
        ];
        foreach (string name in unfinished.Concat(others)) _folder.Write(name, [1]);
        Assert.Equal(2, CheckpointFolder.DeleteLeftovers(_folder.Path));
        Assert.Equal(others.Order(), Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal(0, CheckpointFolder.DeleteLeftovers(Path.Combine(_folder.Path, "none")));
    }

    [Fact]
    public void What_is_being_written_stays_and_so_does_what_is_young()
    {
        string path = _folder.Write($"best.safetensors.{Number}.tmp", [1]);
        using (new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None)) Assert.Equal(0, CheckpointFolder.DeleteLeftovers(_folder.Path));
        Assert.Equal(0, AtomicFile.DeleteLeftovers(_folder.Path, static _ => true, TimeSpan.FromMinutes(1)));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-2));
        Assert.Equal(1, AtomicFile.DeleteLeftovers(_folder.Path, static _ => true, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_checkpoint_saved_by_hand_tidies_its_own_place()
    {
        string path = Path.Combine(_folder.Path, "now.safetensors"), mine = _folder.Write($"now.safetensors.{Number}.tmp", [1]), other = _folder.Write($"then.safetensors.{Number}.tmp", [1]);
        foreach (string file in new[] { mine, other }) File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-2));
        using var model = new Linear(2, 1);
        Checkpoint.Save(path, new TrainingParts { Model = model });
        Assert.Equal((false, true, true), (File.Exists(mine), File.Exists(other), File.Exists(path)));
    }

    [Fact]
    public void A_folder_is_brought_to_the_disk_and_one_that_is_not_there_is_left_alone()
    {
        FolderSync.Flush(_folder.Path);
        FolderSync.Flush(Path.Combine(_folder.Path, "none"));
        string path = Path.Combine(_folder.Path, "x.npy");
        using Tensor x = Tensor.Zeros(new Shape(2));
        Npy.Save(path, x);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }
}
