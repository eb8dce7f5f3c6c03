using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

public sealed class ParameterTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public ParameterTests() => _workspace = _manager.Lease(new());

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void A_parameter_is_persistent_whatever_is_ambient()
    {
        Parameter p;
        using (_workspace.Enter()) p = new Parameter(new Shape(3));
        using (p)
        {
            Assert.Same(_manager, p.Manager);
            Assert.Equal([0f, 0, 0], p.Value.ToArray<float>());
            Assert.Null(p.Value.Workspace);
            Assert.True(p.Value.RequiresGrad);
            Assert.Equal(64, _manager.Persistent.ParameterBytes);
        }
    }

    [Fact]
    public void A_gradient_lies_at_its_parameters_offset()
    {
        using var a = new Parameter(new Shape(100), manager: _manager);
        using var b = new Parameter(new Shape(3), DType.F64, manager: _manager);
        using var c = new Parameter(new Shape(50), manager: _manager);
        (c.Value.Sum() + a.Value.Sum() + b.Value.Sum().To(DType.F32)).Backward();
        Assert.Equal(Between(a.Value, c.Value), Between(a.Grad!.Value, c.Grad!.Value));
        Assert.Equal(Between(a.Value, b.Value), Between(a.Grad!.Value, b.Grad!.Value));
        Assert.Equal(a.SlabBytes, b.SlabOffset - a.SlabOffset);
    }

    [Fact]
    public void A_consumed_gradient_is_overwritten_and_another_added_to()
    {
        using var p = new Parameter(new Shape(2), manager: _manager);
        Assert.Equal(GradientState.None, p.GradState);
        Assert.Null(p.Grad);
        for (int i = 0; i < 2; i++) Run(1);
        Assert.Equal(GradientState.Accumulated, p.GradState);
        Assert.Equal([2f, 2], p.Grad!.Value.ToArray<float>());
        Assert.Equal(8, _manager.Persistent.DeferredGradientBytes);
        p.ConsumeGradient();
        Assert.Equal(GradientState.Consumed, p.GradState);
        Assert.Equal(0, _manager.Persistent.DeferredGradientBytes);
        Run(5);
        Assert.Equal([5f, 5], p.Grad!.Value.ToArray<float>());
        p.ZeroGrad();
        Assert.Equal([0f, 0], p.Grad!.Value.ToArray<float>());
        Run(7);
        Assert.Equal([7f, 7], p.Grad!.Value.ToArray<float>());

        void Run(double factor)
        {
            using Pass pass = _workspace.Enter();
            (p.Value * factor).Sum().Backward();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_way_to_write_a_gradient_overwrites_a_consumed_one(bool slice)
    {
        using var p = new Parameter(new Shape(2, 2), manager: _manager);
        for (int i = 0; i < 3; i++)
        {
            using Pass pass = _workspace.Enter();
            Tensor y = slice ? p.Value.Slice(0, 1, 1) : Tensor.Ones([2, 2]).Linear(p.Value);
            y.Sum().Backward();
            Assert.Equal(slice ? [0f, 0, 1, 1] : [2f, 2, 2, 2], p.Grad!.Value.ToArray<float>());
            p.ConsumeGradient();
        }
    }

    [Fact]
    public void Dispose_frees_value_and_gradient_and_stops_the_graph()
    {
        var p = new Parameter(new Shape(2), name: "weight", manager: _manager);
        Tensor loss = (p.Value * 2).Sum();
        loss.Backward(retainGraph: true);
        Assert.Equal(64, _manager.Persistent.GradientBytes);
        p.Dispose();
        p.Dispose();
        Assert.Equal(0, _manager.Persistent.GradientBytes);
        Assert.Equal(0, _manager.Persistent.ParameterBytes);
        Assert.Equal(0, _manager.Persistent.DeferredGradientBytes);
        Assert.Throws<StaleAccessException>(() => p.Value * 2);
        Assert.Contains("disposed", p.ToString(), StringComparison.Ordinal);
        loss.Backward();
        Assert.Equal(0, _manager.Persistent.GradientBytes);
        Assert.Null(p.Grad);
    }

    [Fact]
    public void The_name_is_in_messages()
    {
        using var p = new Parameter(new Shape(2), name: "weight", manager: _manager) { Name = "layers.0.weight" };
        var error = Assert.Throws<InvalidOperationException>(() => p.Value.AddInPlace(1));
        Assert.Contains("'layers.0.weight'", error.Message, StringComparison.Ordinal);
        Assert.Equal("layers.0.weight float32[2]", p.ToString());
    }

    [Fact]
    public void Integers_and_unnamed_parameters_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Parameter(new Shape(2), DType.I32, manager: _manager));
        using var p = new Parameter(new Shape(2), manager: _manager);
        Assert.Throws<ArgumentException>(() => p.Name = "");
    }

    private static long Between(Tensor a, Tensor b) => Address(b) - Address(a);

    private static long Address(Tensor tensor) => tensor.Checked("compare addresses").Address;
}
