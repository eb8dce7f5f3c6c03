using System.Text;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Optim;
using Workspaces.Tests.IO;
using Workspaces.Train;
using Xunit.Abstractions;

namespace Workspaces.Tests.Hostile;

/// <summary>Checkpoints: almost every damage changes their sum.</summary>
public sealed class CheckpointHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds
    {
        get
        {
            using var folder = new TemporaryFolder();
            string path = Path.Combine(folder.Path, "c.safetensors");
            using var model = new Sequential(new Linear(3, 2, seed: 1), new Dropout(0.5, seed: 2));
            using var adam = new Adam(model.Parameters);
            Checkpoint.Save(path, new TrainingParts { Model = model, Optimizer = adam }, new TrainingPosition { Step = 3 }, new Dictionary<string, string?> { ["Training:Seed"] = "1" });
            return [File.ReadAllBytes(path)];
        }
    }

    public void Read(string path, WorkspaceManager manager)
    {
        using Workspace workspace = manager.Lease(new());
        using var model = new Sequential(new Linear(3, 2, seed: 1), new Dropout(0.5, seed: 2));
        using var adam = new Adam(model.Parameters);
        _ = Checkpoint.Load(path, new TrainingParts { Model = model, Optimizer = adam });
    }
}

/// <summary>The state in a checkpoint, as if its sum were right.</summary>
public sealed class CheckpointStateHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds =>
    [
        Encoding.UTF8.GetBytes("""{"Version":1,"Step":3,"Epoch":0,"Batch":3,"LossSum":"NaN","Epochs":[],"Random":[{"Name":"1","Seed":7,"Draws":3}],"Optimizer":{"Kind":"Adam","Steps":3,"Groups":[{"LearningRate":0.1,"WeightDecay":0,"Numbers":{"Beta1":0.9},"Parameters":1}],"Parameters":[{"Name":"0.weight","Length":4,"Steps":3,"Numbers":2}]},"Schedule":{"Kind":"x","State":{"Position":3}}}"""),
        Encoding.UTF8.GetBytes("""{"Version":1,"Step":0,"Epoch":0,"Batch":0,"Random":[],"Epochs":[{"Epoch":0,"TrainLoss":1,"TestAccuracy":null,"TestLoss":2,"SamplesPerSecond":3,"ArenaBytes":4,"Metrics":{"R2":1}}],"Average":{"Kind":"e","Updates":1,"Parameters":["a"],"Buffers":0}}"""),
        Encoding.UTF8.GetBytes("""{"Version":1,"Step":0,"Epoch":0,"Batch":0,"Random":[],"Epochs":[],"Preparation":{"RawShape":[1,4,4],"HasTokens":false,"Transforms":[{"Kind":"RandomCrop","Position":1,"Seed":7,"Draw":0,"Whole":[3,3,1],"Mean":[],"Deviation":[]},{"Kind":"Flatten","Position":2,"Seed":0,"Draw":0,"Whole":[],"Mean":[],"Deviation":[]},{"Kind":"OneHot","Position":3,"Seed":0,"Draw":0,"Whole":[2,5],"Mean":[],"Deviation":[]},{"Kind":"Normalize","Position":4,"Seed":0,"Draw":0,"Whole":[],"Mean":[0.5],"Deviation":[2]}],"PixelMean":0.1,"PixelDeviation":0.3,"Vocabulary":"ab","Classes":["x"],"Columns":["a"],"Fill":0,"Delimiter":","}}"""),
    ];

    public void Read(string path, WorkspaceManager manager)
    {
        CheckpointState state = CheckpointState.Parse(Encoding.UTF8.GetString(File.ReadAllBytes(path)), path);
        _ = new CheckpointInfo
        {
            Path = path,
            Position = new TrainingPosition(),
            Configuration = new Dictionary<string, string?>(),
            SampleShape = [],
            HasTokens = false,
            Preparation = state.Preparation,
        }.PreparationOf();
    }
}

public sealed class CheckpointHostileTests(ITestOutputHelper output) : HostileConformance<CheckpointHostile>(output);

public sealed class CheckpointStateHostileTests(ITestOutputHelper output) : HostileConformance<CheckpointStateHostile>(output);
