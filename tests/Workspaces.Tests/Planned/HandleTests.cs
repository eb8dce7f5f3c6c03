using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>Handles of tensors whose header or bytes serve others by now, in passes that learn and in passes that replay a plan.</summary>
public sealed class HandleTests : IDisposable
{
    private readonly PlannedWorkspace _planned = new();

    public void Dispose() => _planned.Dispose();

    [Fact]
    public void A_handle_whose_header_serves_another_tensor_of_the_same_pass_throws_in_every_member() => _planned.LearnThenReplay(() =>
    {
        Tensor old = Tensor.Ones([25]);
        old.Dispose();
        Tensor young = Tensor.Zeros([25]);
        Assert.Same(old.HeaderOrNull, young.HeaderOrNull);
        Assert.False(old.IsAlive);
        foreach (Action use in Uses(old)) Assert.Throws<StaleAccessException>(use);
        Assert.All(young.ToArray<float>(), value => Assert.Equal(0f, value));
    });

    [Fact]
    public void Handles_of_other_lives_throw()
    {
        Tensor ofClosedPass = default, ofNested = default;
        _planned.Plan(() =>
        {
            Tensor a = Tensor.Ones([3]), b = Tensor.Zeros([3]);
            using (_planned.Workspace.Enter()) ofNested = Tensor.Ones([3]);
            Assert.Throws<StaleAccessException>(() => ofNested.Shape);
            if (ofClosedPass.HeaderOrNull is not null) Assert.Throws<StaleAccessException>(() => ofClosedPass.Item());
            Tensor torn = new(a.HeaderOrNull!, b.Generation), otherWay = new(b.HeaderOrNull!, a.Generation);
            Assert.Throws<StaleAccessException>(() => torn.Shape);
            Assert.Throws<StaleAccessException>(() => otherWay.ToString());
            Assert.False(torn.IsAlive || otherWay.IsAlive || ofNested.IsAlive);
            ofClosedPass = a;
        });
        Assert.Throws<StaleAccessException>(() => ofClosedPass.Shape);
        Assert.Throws<StaleAccessException>(() => default(Tensor).Shape);
        _planned.Workspace.Dispose();
        Assert.Throws<StaleAccessException>(() => ofClosedPass.ToString());
    }

    [Fact]
    public void Releasing_operands_bases_and_views_does_what_it_says() => _planned.LearnThenReplay(() =>
    {
        Tensor x = Tensor.Full([4], 3).RequireGrad();
        Tensor square = x.Square(), sum = (square * square).Sum();
        square.Dispose();
        square.Dispose();
        Assert.Throws<StaleAccessException>(() => square.Sum());
        sum.Backward();
        Assert.All(x.Grad!.Value.ToArray<float>(), slope => Assert.Equal(4 * 27f, slope));

        Tensor whole = Tensor.Arange(0, 6), view = whole.Reshape(2, 3);
        view.Dispose();
        Assert.Equal(5f, view.Select(0, 1).Select(0, 2).Item());
        whole.Dispose();
        Assert.Throws<StaleAccessException>(() => view.Shape);
        Tensor young = Tensor.Zeros([6]);
        Assert.Throws<StaleAccessException>(() => view.Item());
        Assert.Equal(0f, young.Sum().Item());
    });

    [Fact]
    public void A_span_keeps_its_bytes_when_the_plan_gives_them_to_the_next_tensor()
    {
        nint first = 0, second = 0;
        void Body(bool takesSpan)
        {
            Tensor a = Tensor.Full([1000], 7);
            first = a.HeaderOrNull!.Address;
            Span<float> span = takesSpan ? a.AsSpan<float>() : default;
            a.Dispose();
            Tensor b = Tensor.Full([1000], 9);
            second = b.HeaderOrNull!.Address;
            b.Dispose();
            Tensor c = Tensor.Full([1000], 11);
            foreach (float value in span) Assert.Equal(7f, value);
            Assert.Equal(11f, c.Mean().Item());
        }

        _planned.Plan(() => Body(takesSpan: false));
        Assert.Equal(first, second);
        _planned.Passes(1, _ => Body(takesSpan: true));
        Assert.NotEqual(first, second);
        Assert.True(_planned.Workspace.Deviations > 0);
        _planned.Passes(100, _ => Body(takesSpan: true));
        long settled = _planned.Workspace.Deviations;
        _planned.Passes(100, _ => Body(takesSpan: true));
        Assert.Equal(settled, _planned.Workspace.Deviations);
    }

    [Fact]
    public void A_span_inside_Read_does_not_keep_the_bytes()
    {
        nint first = 0, second = 0;
        _planned.Plan(() =>
        {
            Tensor a = Tensor.Full([1000], 7);
            first = a.HeaderOrNull!.Address;
            a.Read<float>(static values => Assert.Equal(7f, values[999]));
            a.Dispose();
            second = Tensor.Zeros([1000]).HeaderOrNull!.Address;
        });
        Assert.Equal(first, second);
    }

    private Action[] Uses(Tensor t) =>
    [
        () => _ = t.Shape, () => _ = t.Layout, () => _ = t.Rank, () => _ = t.Length, () => _ = t.DType, () => _ = t.IsView, () => _ = t.Version,
        () => _ = t.Workspace, () => _ = t.Name, () => _ = t.RequiresGrad, () => _ = t.Grad, () => t.Named("x"), () => t.ToString(), () => t.Equals(t),
        () => t.Item(), () => t.AsSpan<float>(), () => t.ToArray<float>(), () => t.CopyTo<float>(new float[25]), () => t.CopyFrom<float>(new float[25]),
        () => t.Read<float>(static _ => { }), () => t.Keep(), () => t.Detach(), () => t.Reshape(5, 5), () => t.Relu(), () => _ = t + t, () => t.AddInPlace(1),
        () => t.RequireGrad(), () => t.Backward(), () => t.MoveTo(_planned.Workspace), () => t.FillInPlace(1),
    ];
}
