using System.IO.Compression;
using Workspaces.Data;
using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tests.IO;
using Xunit.Abstractions;

namespace Workspaces.Tests.Hostile;

/// <summary>IDX, plain and gzip.</summary>
public sealed class IdxHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds => [IdxWriter.Counting(3, 4, 5), IdxWriter.Counting(40), IdxWriter.Gzip(IdxWriter.Counting(3, 4, 5))];

    public int BytesPerByte => 1100; // gzip unpacks up to 1032 bytes from one

    public void Read(string path, WorkspaceManager manager)
    {
        _ = IdxReader.ReadHeader(path);
        _ = IdxReader.Read(path);
    }
}

/// <summary>NumPy's arrays.</summary>
public sealed class NpyHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds => [.. new[] { "le_f4", "be_f8", "fortran", "bool", "scalar", "empty", "version2", "le_f2" }.Select(name => File.ReadAllBytes(GoldenFiles.PathOf(name + ".npy")))];

    public void Read(string path, WorkspaceManager manager)
    {
        using Workspace workspace = manager.Lease(new());
        _ = Npy.Load(path).ToString();
    }
}

/// <summary>NumPy's archives.</summary>
public sealed class NpzHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds => [File.ReadAllBytes(GoldenFiles.PathOf("plain.npz")), File.ReadAllBytes(GoldenFiles.PathOf("packed.npz")), Climbing()];

    public int BytesPerByte => 1100; // deflate unpacks up to 1032 bytes from one

    public void Read(string path, WorkspaceManager manager)
    {
        using Workspace workspace = manager.Lease(new());
        using NpzFile? archive = OpenOrPass(path);
        if (archive is null) return;
        foreach (string name in archive.Names)
        {
            Assert.False(name.Contains("..", StringComparison.Ordinal) && !Npz.IsPlain(name));
            archive.Load(name).Dispose();
        }
    }

    /// <summary>The seed with names that climb is refused as a whole, and still a good start for mutations.</summary>
    private static NpzFile? OpenOrPass(string path)
    {
        try
        {
            return NpzFile.Open(path);
        }
        catch (InvalidDataException error) when (error.Message.Contains("out of its folder", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static byte[] Climbing()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in (string[])["../../x.npy", "y.npy"])
            {
                using Stream stream = zip.CreateEntry(name, CompressionLevel.Optimal).Open();
                stream.Write(File.ReadAllBytes(GoldenFiles.PathOf("le_i1.npy")));
            }
        }

        return memory.ToArray();
    }
}

/// <summary>Safetensors: head, copies and lent tensors.</summary>
public sealed class SafetensorsHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds => [File.ReadAllBytes(GoldenFiles.PathOf("torch_types.safetensors")), File.ReadAllBytes(GoldenFiles.PathOf("torch_model_io.safetensors"))];

    public void Read(string path, WorkspaceManager manager)
    {
        using Workspace workspace = manager.Lease(new());
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (SafetensorsEntry entry in file.Tensors)
        {
            _ = file.Load(entry.Name).ToString();
            using Tensor lent = file.AsTensor(entry.Name);
            _ = lent.ToString();
        }
    }
}

/// <summary>CSV files, classes and numbers, in memory and streaming.</summary>
public sealed class CsvHostile : IHostileReader
{
    public IEnumerable<byte[]> Seeds =>
    [
        HostileSeeds.Of("a,b,kind\n1,2.5,cat\n-3,1e3,\"d\"\"og\"\n4,5,cat\n"), HostileSeeds.Of("1,2\r\n3,4\r\n5,6"), HostileSeeds.Of("x,y\n0.5,1\n\"1.5\",0\n,1\n?,0"),
    ];

    public bool IsDocumented(Exception error) => error is InvalidDataException or ArgumentException;

    public void Read(string path, WorkspaceManager manager)
    {
        foreach (CsvOptions options in (CsvOptions[])
        [
            new() { Streaming = true, Missing = MissingValues.Fill, Task = CsvTask.Regression, Header = false }, new() { Missing = MissingValues.Fill }, new() { Streaming = true },
        ])
        {
            try
            {
                (DataSets.OpenCsv(path, options) as IDisposable)?.Dispose();
            }
            catch (Exception error) when (IsDocumented(error) && error.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal))
            {
                continue; // refused as it should be; the next options may go further
            }
        }
    }
}

public sealed class IdxHostileTests(ITestOutputHelper output) : HostileConformance<IdxHostile>(output);

public sealed class NpyHostileTests(ITestOutputHelper output) : HostileConformance<NpyHostile>(output);

public sealed class NpzHostileTests(ITestOutputHelper output) : HostileConformance<NpzHostile>(output);

public sealed class SafetensorsHostileTests(ITestOutputHelper output) : HostileConformance<SafetensorsHostile>(output);

public sealed class CsvHostileTests(ITestOutputHelper output) : HostileConformance<CsvHostile>(output);
