using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Workspaces.Tensors;

namespace Workspaces.Tests.Tensors;

/// <summary>Compares with printouts that <c>tests/golden/make_numpy_prints.py</c> took from NumPy.</summary>
public class TensorFormatterTests
{
    private static readonly Lazy<Dictionary<string, JsonElement>> Cases = new(ReadCases);

    public static TheoryData<string> Names => [.. Cases.Value.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Prints_what_NumPy_prints(string name)
    {
        JsonElement printed = Cases.Value[name];
        Assert.True(DTypes.TryParse(printed.GetProperty("dtype").GetString(), out DType dtype));
        string text = dtype switch
        {
            DType.F32 => Print<float>(printed),
            DType.F64 => Print<double>(printed),
            DType.I32 => Print<int>(printed),
            DType.I64 => Print<long>(printed),
            DType.U8 => Print<byte>(printed),
            _ => Print<bool>(printed),
        };
        Assert.Equal(printed.GetProperty("text").GetString(), text);
    }

    [Fact]
    public void There_are_many_cases() => Assert.InRange(Cases.Value.Count, 150, 1000);

    [Fact]
    public void Broadcast_axes_print_their_one_element_again_and_again()
    {
        Layout row = Layout.Contiguous([3]).BroadcastTo([2, 3]);
        Assert.Equal("[[1 2 3]\n [1 2 3]]", TensorFormatter.Format<int>([1, 2, 3], row));
    }

    [Fact]
    public void The_offset_is_the_callers_business()
    {
        Layout tail = Layout.Contiguous([5]).Slice(0, 3, 2);
        Assert.Equal("[4 5]", TensorFormatter.Format<int>([4, 5], tail));
    }

    [Fact]
    public void A_huge_broadcast_tensor_prints_its_edges_only()
    {
        Layout huge = Layout.Contiguous([1]).BroadcastTo([long.MaxValue]);
        Assert.Equal("[7. 7. 7. ... 7. 7. 7.]", TensorFormatter.Format<float>([7], huge));
    }

    [Fact]
    public void Memory_shorter_than_the_layout_is_refused_with_the_numbers()
    {
        var error = Assert.Throws<ShapeException>(() => TensorFormatter.Format<float>([1, 2, 3], Layout.Contiguous([2, 2])));
        Assert.Equal("it spans 4 elements, the memory holds 3", error.Numbers);
    }

    [Fact]
    public void Elements_without_a_dtype_are_refused() =>
        Assert.Throws<ArgumentException>(() => TensorFormatter.Format<short>([1], Layout.Contiguous([1])));

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TensorFormatOptions { Precision = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TensorFormatOptions { EdgeItems = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TensorFormatOptions { LineWidth = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TensorFormatOptions { Threshold = -1 });
    }

    private static string Print<T>(JsonElement printed)
        where T : unmanaged
    {
        long[] dims = [.. printed.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
        Layout layout = Layout.Contiguous(new Shape(dims));
        T[] data = printed.GetProperty("data") is { ValueKind: JsonValueKind.String } encoded
            ? MemoryMarshal.Cast<byte, T>(encoded.GetBytesFromBase64()).ToArray()
            : Ruled<T>(printed.GetProperty("rule"), (int)layout.Length);
        if (printed.GetProperty("permute") is { ValueKind: JsonValueKind.Array } order)
            layout = layout.Permute(order.EnumerateArray().Select(a => a.GetInt32()).ToArray());
        return TensorFormatter.Format<T>(data, layout, new TensorFormatOptions
        {
            Precision = printed.GetProperty("precision").GetInt32(),
            Threshold = printed.GetProperty("threshold").GetInt32(),
            EdgeItems = printed.GetProperty("edgeitems").GetInt32(),
            LineWidth = printed.GetProperty("linewidth").GetInt32(),
        });
    }

    private static T[] Ruled<T>(JsonElement rule, int count)
    {
        double start = rule[0].GetDouble(), step = rule[1].GetDouble();
        return [.. Enumerable.Range(0, count)
            .Select(k => (T)Convert.ChangeType(start + (step * k), typeof(T), CultureInfo.InvariantCulture))];
    }

    private static Dictionary<string, JsonElement> ReadCases()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Workspaces.sln")))
            folder = folder.Parent ?? throw new FileNotFoundException("Workspaces.sln is in no folder above the tests.");
        string text = File.ReadAllText(Path.Combine(folder.FullName, "tests", "golden", "numpy_prints.json"));
        return JsonDocument.Parse(text).RootElement.EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);
    }
}
