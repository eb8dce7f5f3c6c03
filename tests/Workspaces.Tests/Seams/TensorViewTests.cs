using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Seams;
using Workspaces.Tensors;
using Numerics = System.Numerics.Tensors;

namespace Workspaces.Tests.Seams;

/// <summary>Tensors as memory and as spans of System.Numerics.Tensors, strided ones included, and back.</summary>
public sealed class TensorViewTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public TensorViewTests() => _workspace = _manager.Lease(new() { Name = "views" });

    public static TheoryData<string> Views => ["whole", "transposed", "permuted", "sliced", "stepped", "selected", "scalar", "one", "empty", "unit axes"];

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void A_span_shows_the_elements_of_a_view_and_writes_them(string kind)
    {
        Tensor view = View(kind);
        float[] expected = view.ToArray<float>();
        Numerics.TensorSpan<float> span = view.AsTensorSpan<float>();
        var flat = new float[expected.Length];
        span.FlattenTo(flat);
        Assert.Equal(expected, flat);
        Assert.Equal(view.Length, span.FlattenedLength);
        view.AsReadOnlyTensorSpan<float>().FlattenTo(flat);
        Assert.Equal(expected, flat);
        span.Fill(2.5f);
        Assert.All(view.ToArray<float>(), static value => Assert.Equal(2.5f, value));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void Elements_come_back_from_spans_of_any_strides(string kind)
    {
        Tensor source = View(kind);
        float[] expected = source.ToArray<float>();
        Tensor copy = Tensor.From(source.AsReadOnlyTensorSpan<float>());
        Assert.Equal(expected, copy.ToArray<float>());
        Assert.True(copy.Layout.IsContiguous);

        Tensor target = View(kind);
        target.AsTensorSpan<float>().Clear();
        int version = target.Version;
        target.CopyFrom(source.AsReadOnlyTensorSpan<float>());
        Assert.Equal(expected, target.ToArray<float>());
        Assert.Equal(version + 1, target.Version);
    }

    [Fact]
    public void Broadcast_views_are_shown_for_reading_only()
    {
        Tensor row = Tensor.From<float>([1, 2, 3]).BroadcastTo([4, 3]);
        Numerics.ReadOnlyTensorSpan<float> span = row.AsReadOnlyTensorSpan<float>();
        Assert.Equal(3, span[2, 2]);
        Assert.Equal(row.ToArray<float>(), Tensor.From(span).ToArray<float>());
        Assert.Contains("broadcast", Assert.Throws<InvalidOperationException>(() => row.AsTensorSpan<float>().Rank).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Primitives_of_the_base_library_compute_into_a_workspace()
    {
        Tensor a = Tensor.From<float>([1, 2, 3, 4], [2, 2]), sum = Tensor.Zeros([2, 2]);
        Numerics.TensorSpan<float> destination = sum.AsTensorSpan<float>();
        Numerics.Tensor.Add(a.AsReadOnlyTensorSpan<float>(), a.Transpose().AsReadOnlyTensorSpan<float>(), destination);
        Assert.Equal([2, 5, 5, 8], sum.ToArray<float>());
    }

    [Fact]
    public void Wrong_types_lengths_and_stale_tensors_are_refused()
    {
        Tensor x = Tensor.Zeros([2, 3]);
        Assert.Throws<ArgumentException>(() => x.AsTensorSpan<double>().Rank);
        Assert.Throws<ArgumentException>(() => x.AsReadOnlyTensorSpan<int>().Rank);
        Assert.Throws<ArgumentException>(() => x.AsMemory<int>());
        Assert.Throws<ArgumentException>(() => x.CopyFrom(new Numerics.ReadOnlyTensorSpan<double>(new double[6], [2, 3])));
        Assert.Contains("[3, 2]", Assert.Throws<ShapeException>(() => x.CopyFrom(new Numerics.ReadOnlyTensorSpan<float>(new float[6], [3, 2]))).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Tensor.From(new Numerics.ReadOnlyTensorSpan<float>(new float[1], [1, 1, 1, 1, 1, 1, 1, 1, 1])));
        Assert.Throws<InvalidOperationException>(() => x.Transpose().AsMemory<float>());
        x.Dispose();
        Assert.Throws<StaleAccessException>(() => x.AsTensorSpan<float>().Rank);
        Assert.Throws<StaleAccessException>(() => x.AsMemory<float>());
        Assert.Throws<StaleAccessException>(() => x.CopyFrom(new Numerics.ReadOnlyTensorSpan<float>(new float[6], [2, 3])));
    }

    [Fact]
    public void A_span_keeps_the_bytes_to_the_end_of_the_pass()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([64]);
        Numerics.TensorSpan<float> span = x.AsTensorSpan<float>();
        x.Dispose();
        Tensor.Full([64], 7);
        Assert.Equal(1, span[63]);
    }

    [Fact]
    public async Task Memory_of_a_tensor_is_revoked_with_it_and_says_so()
    {
        Memory<float> memory, part;
        using (_workspace.Enter())
        {
            Tensor x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]).Named("pixels");
            memory = x.AsMemory<float>();
            part = x.Slice(0, 1, 1).AsMemory<float>();
            await Task.Yield();
            Assert.Equal([4, 5, 6], part.ToArray());
            memory.Span[5] = 9;
            Assert.Equal(9, x.ToArray<float>()[5]);
        }

        var error = Assert.Throws<StaleAccessException>(() => memory.Span.Length);
        Assert.Contains("'pixels'", error.Message, StringComparison.Ordinal);
        Assert.Contains("workspace 'views'", error.Message, StringComparison.Ordinal);
        Assert.Contains("CopyTo", error.Remedy, StringComparison.Ordinal);
        Assert.Throws<StaleAccessException>(() => part.Span.Length);
        Assert.Throws<StaleAccessException>(() => memory.Pin());
    }

    [Fact]
    public void Memory_of_a_disposed_tensor_throws_while_its_pointers_stay_readable()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([16]);
        Memory<float> memory = x.AsMemory<float>();
        Span<float> span = memory.Span;
        x.Dispose();
        Tensor.Zeros([16]);
        Assert.Equal(1, span[15]);
        Assert.Throws<StaleAccessException>(() => memory.Span.Length);
    }

    [Fact]
    public void Tensors_without_bytes_show_none()
    {
        using WorkspaceManager shapes = WorkspaceManager.ForShapes();
        using Workspace workspace = shapes.Lease(new());
        Tensor x = Tensor.Zeros([4]);
        Assert.Throws<ShapesOnlyException>(() => x.AsTensorSpan<float>().Rank);
        Assert.Throws<ShapesOnlyException>(() => x.AsMemory<float>());
        using var pool = new Workspaces.Memory.Seams.WorkspaceMemoryPool<byte>();
        Assert.Throws<ShapesOnlyException>(() => pool.Rent(4).Memory.Length);
    }

    private static Tensor View(string kind)
    {
        Tensor x = Tensor.Arange(0, 24).Reshape(2, 3, 4).Contiguous();
        return kind switch
        {
            "transposed" => x.Transpose(),
            "permuted" => x.Permute(2, 0, 1),
            "sliced" => x.Slice(1, 1, 2),
            "stepped" => x.Slice(2, 0, 2, 2),
            "selected" => x.Select(1, 2),
            "scalar" => x.Select(2, 3).Select(1, 2).Select(0, 1),
            "one" => x.Slice(0, 0, 1).Slice(1, 1, 1).Slice(2, 2, 1),
            "empty" => x.Slice(1, 0, 0),
            "unit axes" => x.Unsqueeze(0).Unsqueeze(2),
            _ => x,
        };
    }
}
