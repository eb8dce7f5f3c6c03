using System.Text.Json.Nodes;
using Workspaces.Data;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Train;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>Files that are missing, cut short, changed, of another kind, or written where nothing can be.</summary>
internal static class FilePrograms
{
    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        Finds("plans that were cut short", FindingCodes.PlansNotLoaded, "nothing is lost: passes are learned again", static world =>
        {
            string plans = SavedPlans(world);
            byte[] bytes = File.ReadAllBytes(plans);
            File.WriteAllBytes(plans, bytes.AsSpan(0, bytes.Length / 2));
            world.Step.LoadPlans(plans);
        }),
        Finds("plans with a block moved onto another", FindingCodes.PlansNotLoaded, "is not valid: blocks overlap", static world => LoadChanged(world, static plan =>
        {
            JsonArray offsets = plan["offsets"]!.AsArray();
            for (int i = 0; i < offsets.Count; i++) offsets[i] = 0;
        })),
        Finds("plans that name requests which do not exist", FindingCodes.PlansNotLoaded, "its bytes are free from request 9999 of", static world =>
            LoadChanged(world, static plan => plan["ends"]![0] = 9999)),
        Throws<FileNotFoundException>("plans that are not there", "name a file that SavePlans has written", static world => world.Step.LoadPlans(world.PathOf("none.json"))),
        Throws<IOException>("plans saved over a folder", "it is a folder", static world => world.Step.SavePlans(Directory.CreateDirectory(world.PathOf("folder")).FullName)),
        Throws<InvalidDataException>("safetensors that were cut short", "as safetensors", static world =>
        {
            string path = world.PathOf("cut.st");
            using (world.Step.Enter()) Safetensors.Save(path, [("x", Tensor.Ones([100]))]);
            byte[] bytes = File.ReadAllBytes(path);
            File.WriteAllBytes(path, bytes.AsSpan(0, bytes.Length - 1));
            SafetensorsFile.Open(path).Dispose();
        }),
        Throws<InvalidDataException>("safetensors whose header is longer than the file", "as safetensors", static world =>
            SafetensorsFile.Open(world.File("long.st", [255, 255, 255, 255, 255, 255, 255, 127, (byte)'{'])).Dispose()),
        Throws<KeyNotFoundException>("a tensor that the file does not have", "there is none of that name", static world =>
        {
            using SafetensorsFile file = Saved(world);
            file.Load("y");
        }),
        Throws<ShapeException>("a tensor read into another shape", "it has the shape [100]", static world =>
        {
            using SafetensorsFile file = Saved(world);
            using Pass pass = world.Step.Enter();
            file.CopyTo("x", Tensor.Zeros([10]));
        }),
        Throws<ArgumentException>("two tensors of one name in a file", "give every tensor a name of its own", static world =>
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.Ones([4]);
            Safetensors.Save(world.PathOf("two.st"), [("x", x), ("x", x)]);
        }),
        IsRight("a tensor lent by a file, read after the file was closed", "its pages stay until the tensor is disposed", static world =>
        {
            SafetensorsFile file = Saved(world);
            using Tensor lent = file.AsTensor("x", world.Manager);
            file.Dispose();
            Assert.Equal(1f, lent.ToArray<float>()[99]);
        }),
        Throws<ObjectDisposedException>("a closed file of tensors read", "Remedy: ", static world =>
        {
            SafetensorsFile file = Saved(world);
            file.Dispose();
            file.Load("x");
        }),
        Throws<InvalidDataException>("the state of another model loaded", "weight has the shape [2, 4] in the file and [3, 4] in the model", static world =>
        {
            using Linear one = new(4, 2, manager: world.Manager), other = new(4, 3, manager: world.Manager);
            one.SaveState(world.PathOf("one.st"));
            other.LoadState(world.PathOf("one.st"));
        }),
        IsRight("a state of another model refused half way", "no weight has changed", static world =>
        {
            using Sequential one = new(new Linear(4, 4, manager: world.Manager), new Linear(4, 2, manager: world.Manager));
            using Sequential other = new(new Linear(4, 4, manager: world.Manager), new Linear(4, 3, manager: world.Manager));
            other.Initialize(5);
            one.SaveState(world.PathOf("one.st"));
            float[] before = other.Parameters[0].Value.ToArray<float>();
            Assert.ThrowsAny<Exception>(() => other.LoadState(world.PathOf("one.st")));
            Assert.Equal(before, other.Parameters[0].Value.ToArray<float>());
        }),
        Throws<InvalidDataException>("an IDX file that was cut short", "cut short", static world => IdxReader.Read(world.File("cut.idx", [0, 0, 8, 1, 0, 0, 0, 9, 1, 2]))),
        Throws<InvalidDataException>("an IDX header that promises more than memory", "more than the limit", static world =>
            IdxReader.Read(world.File("huge.idx", [0, 0, 8, 2, 127, 255, 255, 255, 127, 255, 255, 255]))),
        Throws<InvalidDataException>("a text given as IDX", "IDX starts with two zero bytes", static world => IdxReader.Read(world.File("text.idx", "hello, this is no IDX"u8))),
        Throws<FileNotFoundException>("an IDX file that is not there", "Remedy: ", static world => IdxReader.Read(world.PathOf("none.idx"))),
        Throws<InvalidDataException>("an array of NumPy that was cut short", "as an array of NumPy", static world =>
        {
            string path = world.PathOf("cut.npy");
            using (world.Step.Enter()) Npy.Save(path, Tensor.Ones([100]));
            byte[] bytes = File.ReadAllBytes(path);
            File.WriteAllBytes(path, bytes.AsSpan(0, bytes.Length - 4));
            using Pass pass = world.Step.Enter();
            Npy.Load(path);
        }),
        Throws<InvalidDataException>("a row of CSV with a word for a number", "has 'x' in column 'b'", static world =>
        {
            using var data = (IDisposable)DataSets.OpenCsv(world.File("bad.csv", "a,b,label\n1,2,0\n1,x,1\n"u8), new CsvOptions());
        }),
        Throws<DirectoryNotFoundException>("tensors saved into a folder that is not there", "Remedy: ", static world =>
        {
            using Pass pass = world.Step.Enter();
            Safetensors.Save(world.PathOf("no/such/x.st"), [("x", Tensor.Ones([4]))]);
        }),
        IsRight("a file overwritten while saving it fails", "the old file stays as it was", static world =>
        {
            string path = world.PathOf("kept.st");
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.Ones([4]), gone = Tensor.Ones([4]);
            Safetensors.Save(path, [("x", x)]);
            byte[] before = File.ReadAllBytes(path);
            gone.Dispose();
            Assert.Throws<StaleAccessException>(() => Safetensors.Save(path, [("x", x * 2), ("gone", gone)]));
            Assert.Equal(before, File.ReadAllBytes(path));
        }),
    ];

    private static string SavedPlans(MisuseWorld world)
    {
        for (int i = 0; i < 4; i++)
        {
            using Pass pass = world.Step.Enter();
            Tensor x = Tensor.Ones([100]);
            (x + 1).Sum().Item();
        }

        string path = world.PathOf("plans.json");
        world.Step.SavePlans(path);
        return path;
    }

    private static void LoadChanged(MisuseWorld world, Action<JsonNode> change)
    {
        string plans = SavedPlans(world);
        JsonNode json = JsonNode.Parse(File.ReadAllText(plans))!;
        change(json["plans"]![0]!);
        File.WriteAllText(plans, json.ToJsonString());
        world.Step.LoadPlans(plans);
    }

    private static SafetensorsFile Saved(MisuseWorld world)
    {
        string path = world.PathOf("saved.st");
        using (world.Step.Enter()) Safetensors.Save(path, [("x", Tensor.Ones([100]))]);
        return SafetensorsFile.Open(path);
    }
}
