using System.IO.Compression;
using System.Text;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Xunit.Abstractions;

namespace Workspaces.Tests.IO;

/// <summary>NumPy's arrays and archives, both ways.</summary>
public sealed class NpyTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WorkspaceManager _manager = new();

    public void Dispose()
    {
        _manager.Dispose();
        _folder.Dispose();
    }

    private static float[] Floats(Tensor tensor) => tensor.To(DType.F32).ToArray<float>();

    [Theory]
    [InlineData("f4", 0.5f, DType.F32)]
    [InlineData("f8", 0.5f, DType.F64)]
    [InlineData("f2", 0.5f, DType.F32)]
    [InlineData("i8", 1, DType.I64)]
    [InlineData("i4", 1, DType.I32)]
    [InlineData("i2", 1, DType.I32)]
    [InlineData("i1", 1, DType.I32)]
    [InlineData("u1", 1, DType.U8)]
    [InlineData("u2", 1, DType.I32)]
    [InlineData("u4", 1, DType.I64)]
    public void Arrays_of_numpy_are_read_in_both_byte_orders(string type, float unit, DType dtype)
    {
        using Workspace workspace = _manager.Lease(new());
        int read = 0;
        foreach (string order in (string[])["le_", "be_"])
        {
            string path = GoldenFiles.PathOf($"{order}{type}.npy");
            if (!File.Exists(path)) continue;
            Tensor tensor = Npy.Load(path);
            Assert.Equal((dtype, new Shape(2, 3, 4)), (tensor.DType, tensor.Shape));
            Assert.Equal(Enumerable.Range(0, 24).Select(i => i * unit), Floats(tensor));
            read++;
        }

        Assert.True(read > 0);
    }

    [Fact]
    public void Fortrans_order_truth_values_scalars_empties_and_version_2_are_read()
    {
        using Workspace workspace = _manager.Lease(new());
        Assert.True(Npy.ReadHeader(GoldenFiles.PathOf("fortran.npy")).IsFortran);
        Assert.Equal(Enumerable.Range(0, 24).Select(static i => (float)i), Npy.Load(GoldenFiles.PathOf("fortran.npy")).ToArray<float>());
        Assert.Equal(Enumerable.Range(0, 24).Select(static i => i % 3 == 0), Npy.Load(GoldenFiles.PathOf("bool.npy")).ToArray<bool>());
        Assert.Equal(2.5, Npy.Load(GoldenFiles.PathOf("scalar.npy")).Item<double>());
        Assert.Equal(new Shape(0, 4), Npy.Load(GoldenFiles.PathOf("empty.npy")).Shape);
        Assert.Equal(23, Npy.Load(GoldenFiles.PathOf("version2.npy")).ToArray<int>()[^1]);
    }

    [Theory]
    [InlineData("plain.npz")]
    [InlineData("packed.npz")]
    public void Archives_of_numpy_are_read(string name)
    {
        using Workspace workspace = _manager.Lease(new());
        using NpzFile archive = NpzFile.Open(GoldenFiles.PathOf(name));
        Assert.Equal(["x", "y"], archive.Names.Take(2));
        Assert.Equal(Enumerable.Range(0, 24).Select(static i => (float)i), Floats(archive.Load("x")));
        Assert.Equal(2, archive.HeaderOf("y").Shape.Length);
        Assert.Throws<KeyNotFoundException>(() => archive.Load("z"));
    }

    [Fact]
    public void Numpy_reads_what_is_written_here()
    {
        using Workspace workspace = _manager.Lease(new());
        Tensor Counted(double unit, DType dtype) => Tensor.Arange(0, 24 * unit, unit, dtype).Reshape(2, 3, 4);
        (string Name, Tensor Value)[] all =
        [
            ("f32", Counted(0.5, DType.F32)), ("f64", Counted(0.25, DType.F64)), ("i32", Counted(1, DType.I32)), ("i64", Counted(1e12, DType.I64)), ("u8", Counted(1, DType.U8)),
            ("bool", Tensor.From<bool>([.. Enumerable.Range(0, 24).Select(static i => i % 3 == 0)], new Shape(2, 3, 4))), ("scalar", Tensor.Scalar(1.5)),
            ("empty", Tensor.Zeros([0, 4])), ("view", Counted(1, DType.F32).Permute(2, 0, 1)), ("row", Tensor.Arange(0, 5)),
        ];
        foreach ((string name, Tensor value) in all) Npy.Save(Path.Combine(_folder.Path, name + ".npy"), value);
        Npz.Save(Path.Combine(_folder.Path, "plain.npz"), all);
        Npz.Save(Path.Combine(_folder.Path, "packed.npz"), all, compress: true);
        foreach ((string name, Tensor value) in all) Assert.Equal(value.ToString(), Npy.Load(Path.Combine(_folder.Path, name + ".npy")).ToString());
        if (GoldenFiles.Check(output, "arrays", _folder.Path) is { } said) Assert.Equal("arrays agree", said);
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "never read, because reading them runs code")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "records")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "'<c8'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999,), }", "and 16 follow")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "can be counted")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }", "can be counted")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-4,), }", "whole number")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (4,), }", "True or False")]
    [InlineData("{'descr': '<f4', 'shape': (4,), }", "lacks")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'x': 1}", "too many")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,4), }", "more than 8 axes")]
    [InlineData("__import__('os').system('x')", "'{' is expected")]
    public void A_head_that_cannot_be_read_is_refused_with_the_reason(string head, string reason)
    {
        byte[] text = Encoding.ASCII.GetBytes(head + "\n");
        string path = _folder.Write("bad.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, .. new byte[16]]);
        string message = Assert.Throws<InvalidDataException>(() => Npy.Load(path)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bombs_and_names_that_climb_are_refused()
    {
        string Archive(params (string Name, byte[] Bytes)[] entries)
        {
            using var memory = new MemoryStream();
            using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            {
                foreach ((string name, byte[] bytes) in entries)
                {
                    using Stream stream = zip.CreateEntry(name, CompressionLevel.Optimal).Open();
                    stream.Write(bytes);
                }
            }

            return _folder.Write("made.npz", memory.ToArray());
        }

        foreach (string name in (string[])["../x.npy", "/x.npy", "a/../../x.npy", "c:x.npy", "..\\x.npy"])
        {
            string climbing = Archive((name, [1]));
            Assert.Contains("out of its folder", Assert.Throws<InvalidDataException>(() => NpzFile.Open(climbing)).Message, StringComparison.Ordinal);
        }

        using Workspace workspace = _manager.Lease(new());
        using (var bytes = new MemoryStream())
        {
            Npy.Write(bytes, Tensor.Zeros([1 << 20]));
            string bomb = Archive(("x.npy", bytes.ToArray()));
            Assert.True(new FileInfo(bomb).Length < 50_000);
            using (NpzFile archive = NpzFile.Open(bomb, new NpzLimits { MaxArrayBytes = 1 << 20 }))
                Assert.Contains("are allowed", Assert.Throws<InvalidDataException>(() => archive.Load("x")).Message, StringComparison.Ordinal);
            Assert.Throws<InvalidDataException>(() => NpzFile.Open(bomb, new NpzLimits { MaxTotalBytes = 1 << 20 }));
            using NpzFile trusted = NpzFile.Open(bomb);
            Assert.Equal(new Shape(1 << 20), trusted.Load("x").Shape);
        }

        string two = Archive(("a.npy", [1]), ("a.npy", [1]));
        Assert.Contains("two of its arrays", Assert.Throws<InvalidDataException>(() => NpzFile.Open(two)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => NpzFile.Open(_folder.Write("no.npz", "PK no archive"u8)));
        using Tensor t = Tensor.Zeros([1]);
        Assert.Throws<ArgumentException>(() => Npz.Save(Path.Combine(_folder.Path, "x.npz"), [("../a", t)]));
    }
}
