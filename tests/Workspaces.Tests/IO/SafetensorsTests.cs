using System.Buffers.Binary;
using System.Text;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.IO;

/// <summary>Safetensors files: what is read and written, what is lent, and what is refused.</summary>
[Collection(nameof(AloneCollection))]
public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WorkspaceManager _manager = new();

    public void Dispose()
    {
        _manager.Dispose();
        _folder.Dispose();
    }

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private string Write(string json, int data, int pad = 0)
    {
        byte[] text = Encoding.UTF8.GetBytes(json + new string(' ', pad));
        var file = new byte[8 + text.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        return _folder.Write("made.safetensors", file);
    }

    [Fact]
    public void Every_type_that_pytorch_has_is_read()
    {
        using SafetensorsFile file = SafetensorsFile.Open(GoldenFiles.PathOf("torch_types.safetensors"));
        using Workspace workspace = _manager.Lease(new());
        float[] values = [0, 1, -2.5f, 3.25f, 100, -0.125f];
        int[] whole = [0, 1, -2, 3, 100, -128];
        Assert.Equal("ä \"quoted\"", file.Metadata["text"]);
        Assert.Equal(values, file.Load("f32").ToArray<float>());
        Assert.Equal(new Shape(2, 3), file["f32"].Shape);
        Assert.Equal(values.Select(static v => v * 1.1), file.Load("f64").ToArray<double>());
        Assert.Equal(values, file.Load("f16").ToArray<float>());
        Assert.Equal(values, file.Load("bf16").ToArray<float>());
        Assert.Equal(whole.Select(static v => v * 1_000_000_000_000), file.Load("i64").ToArray<long>());
        Assert.Equal(whole.Select(static v => v * 1_000_000), file.Load("i32").ToArray<int>());
        Assert.Equal(whole.Select(static v => v * 100), file.Load("i16").ToArray<int>());
        Assert.Equal(whole, file.Load("i8").ToArray<int>());
        Assert.Equal([0, 1, 254, 255], file.Load("u8").ToArray<byte>());
        Assert.Equal([true, false], file.Load("bool").ToArray<bool>());
        Assert.Equal(1.5f, file.Load("scalar").Item());
        Assert.Equal(new Shape(3, 0, 2), file.Load("empty").Shape);
        Assert.Equal("f16", file.Load("f16").Name);
    }

    [Fact]
    public void What_is_saved_is_loaded_again_in_names_types_shapes_and_bits()
    {
        using Workspace workspace = _manager.Lease(new());
        (string, Tensor)[] all =
        [
            ("a.weight", Tensor.From<float>([1, float.NaN, float.NegativeInfinity, 4, 5, 6], new Shape(2, 3))), ("ü \"q\"", Tensor.From<double>([Math.PI])),
            ("view", Tensor.Arange(0, 6).Reshape(2, 3).Transpose(0, 1)), ("i32", Tensor.From<int>([-1, 2])), ("i64", Tensor.From<long>([long.MinValue])),
            ("u8", Tensor.From<byte>([7])), ("bool", Tensor.From<bool>([true, false, true])), ("scalar", Tensor.Scalar(3)), ("empty", Tensor.Zeros([0, 4])),
        ];
        Safetensors.Save(PathOf("a.st"), all, new Dictionary<string, string> { ["made by"] = "a test" });
        Safetensors.Save(PathOf("b.st"), all.Reverse(), new Dictionary<string, string> { ["made by"] = "a test" });
        Assert.Equal(File.ReadAllBytes(PathOf("a.st")), File.ReadAllBytes(PathOf("b.st")));
        using SafetensorsFile file = SafetensorsFile.Open(PathOf("a.st"));
        Assert.Equal("a test", file.Metadata["made by"]);
        Assert.Equal(all.Length, file.Tensors.Count);
        foreach ((string name, Tensor value) in all)
        {
            Tensor loaded = file.Load(name);
            Assert.Equal((value.DType, value.Shape), (loaded.DType, loaded.Shape));
            Assert.Equal(value.ToString(), loaded.ToString());
            Assert.True(file[name].Offset % file[name].DType.SizeInBytes == 0);
        }

        Assert.Equal([0f, 3, 1, 4, 2, 5], file.Load("view").ToArray<float>());
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length); // no temporary file is left
    }

    [Fact]
    public void A_borrowed_tensor_is_the_file_itself_counts_as_external_and_outlives_the_file()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(static i => (float)i)];
        using Workspace workspace = _manager.Lease(new());
        using (Tensor made = Tensor.From<float>(values)) Safetensors.Save(PathOf("big.st"), [("odd", Tensor.From<byte>([1, 2, 3])), ("w", made)]);
        byte[] before = File.ReadAllBytes(PathOf("big.st"));
        Tensor lent, odd;
        using (SafetensorsFile file = SafetensorsFile.Open(PathOf("big.st")))
        {
            lent = file.AsTensor("w", _manager);
            odd = file.AsTensor("odd", _manager);
            using Tensor again = file.AsTensor("w", _manager);
            Assert.True(file["w"].CanBorrow);
        }

        Assert.InRange(_manager.Persistent.Memory.External, 400_003, 401_000);
        Assert.Equal(0, _manager.Persistent.Memory.Allocated);
        Assert.Equal(values, lent.ToArray<float>());
        Assert.Equal([1, 2, 3], odd.ToArray<byte>());
        Assert.Equal(values.Sum(static v => (double)v), lent.To(DType.F64).Sum().Item<double>(), 1);
        lent.MultiplyInPlace(2);
        Assert.Equal(2 * values[^1], lent.ToArray<float>()[^1]);
        Assert.Equal(before, File.ReadAllBytes(PathOf("big.st")));
        lent.Dispose();
        odd.Dispose();
        Assert.Throws<StaleAccessException>(() => lent.ToArray<float>());
        workspace.Dispose();
        _manager.Persistent.FreeRetired();
        Assert.Equal(0, _manager.Persistent.Memory.External);
    }

    [Fact]
    public void Misaligned_and_converted_tensors_are_copies()
    {
        string path = Write("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"h":{"dtype":"F16","shape":[1],"data_offsets":[8,10]}}""", 10, pad: 3);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.False(file["h"].CanBorrow);
        using Tensor a = file.AsTensor("a", _manager), h = file.AsTensor("h", _manager);
        Assert.Equal([0f, 0f], a.ToArray<float>());
        Assert.Equal(DType.F32, h.DType);
    }

    [Fact]
    public void A_closed_file_refuses_and_names_are_checked()
    {
        SafetensorsFile file = SafetensorsFile.Open(GoldenFiles.PathOf("torch_types.safetensors"));
        Assert.Contains("'nothing'", Assert.Throws<KeyNotFoundException>(() => file.Load("nothing")).Message, StringComparison.Ordinal);
        using Tensor wrong = Tensor.Zeros([3]), ints = Tensor.Zeros([6], DType.I32), f64 = Tensor.Zeros([2, 3], DType.F64), scattered = Tensor.Zeros([3, 2]);
        Assert.Throws<ShapeException>(() => file.CopyTo("f32", wrong));
        Assert.Throws<ArgumentException>(() => file.CopyTo("f16", ints));
        file.CopyTo("f32", f64);
        file.CopyTo("f32", scattered.Transpose(0, 1));
        Assert.Equal([0, 1, -2.5, 3.25, 100, -0.125], f64.ToArray<double>());
        Assert.Equal([0, 3.25f, 1, 100, -2.5f, -0.125f], scattered.ToArray<float>());
        var span = new double[6];
        file.CopyTo<double>("bf16", span);
        Assert.Equal(-2.5, span[2]);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Load("f32"));
        Assert.Throws<ObjectDisposedException>(() => file.AsTensor("f32", _manager));
    }

    [Fact]
    public void Names_that_cannot_be_saved_and_folders_are_refused_and_the_old_file_stays()
    {
        using Tensor t = Tensor.Zeros([1]);
        string path = _folder.Write("old.st", [1, 2, 3]);
        Assert.Throws<ArgumentException>(() => Safetensors.Save(path, [("", t)]));
        Assert.Throws<ArgumentException>(() => Safetensors.Save(path, [("__metadata__", t)]));
        Assert.Throws<ArgumentException>(() => Safetensors.Save(path, [("a", t), ("a", t)]));
        Assert.Throws<StaleAccessException>(() => Safetensors.Save(path, [("a", default)]));
        Assert.Contains("folder", Assert.Throws<IOException>(() => Safetensors.Save(_folder.Path, [("a", t)])).Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => Safetensors.Save(PathOf("no/such/folder"), [("a", t)]));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "has 7 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "end at byte")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "size of 3")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", 8, "wants 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,8]}}""", 8, "size of 9223372036854775807")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}""", 8, "whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "bytes 8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""", 8, "more than 8 numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "what lies before it ends")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "two tensors of the name 'a'")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "'F8_E4M3'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "lacks one of")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", 8, "key 'more'")]
    [InlineData("""{"a":[1]}""", 8, "StartObject is expected")]
    [InlineData("""["a"]""", 8, "does not begin with")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "no JSON")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "String is expected")]
    public void A_head_that_lies_is_refused_with_the_reason(string json, int data, string reason)
    {
        string path = Write(json, data);
        string message = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(path)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_that_the_file_does_not_have_are_refused_before_memory_is_taken()
    {
        foreach (ulong length in (ulong[])[0, 1, 9, 1UL << 40, ulong.MaxValue])
        {
            var file = new byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(file, length);
            string path = _folder.Write("lie.st", file);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(path));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        }

        Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(PathOf("none.st")));
        Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder.Write("empty.st", [])));
    }

    [Fact]
    public void A_byte_that_is_no_truth_value_is_refused()
    {
        string path = Write("""{"b":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}""", 3);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] = 2;
        File.WriteAllBytes(path, bytes);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Contains("the byte 2", Assert.Throws<InvalidDataException>(() => file.AsTensor("b", _manager)).Message, StringComparison.Ordinal);
    }
}
