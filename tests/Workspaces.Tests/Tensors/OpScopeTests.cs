using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Tensors;

/// <summary>What every op owes its user: operands that stay where they are while it runs, a second look after its kernel, outputs that die with a failure.</summary>
public sealed class OpScopeTests : IDisposable
{
    private const int Length = 160;
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public OpScopeTests() => _workspace = _manager.Lease(new() { Name = "step" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_reader_reads_is_not_reused_although_it_is_released_meanwhile(bool throughView)
    {
        using Pass outer = _workspace.Enter();
        Frame below = Ambient.Current!;
        Tensor x = Tensor.Full([Length], 5);
        nint address = x.HeaderOrNull!.Address;
        using Pass inner = _workspace.Enter();
        Tensor read = throughView ? x.Reshape(16, Length / 16) : x;
        bool isWhole = false;
        Assert.Throws<StaleAccessException>(() => read.Read<float>(values =>
        {
            x.Dispose();
            TensorFrames.Allocate(below, DType.F32, new Shape(Length), "other", zeroed: true);
            isWhole = values.IndexOfAnyExcept(5f) < 0;
        }));
        Assert.True(isWhole);
        Assert.Contains(address, Enumerable.Range(0, 20).Select(_ => TensorFrames.Allocate(below, DType.F32, new Shape(Length), "other").HeaderOrNull!.Address));
    }

    [Fact]
    public void An_op_is_counted_once_in_each_frame_that_it_touches_while_it_runs()
    {
        using Pass outer = _workspace.Enter();
        Frame below = Ambient.Current!;
        Tensor x = Tensor.Ones([4]), y = Tensor.Ones([4]);
        using Pass inner = _workspace.Enter();
        Frame own = Ambient.Current!;
        Tensor view = x.Reshape(2, 2);
        using (var op = new OpScope("Probe", x, y, view))
        {
            Assert.Equal((1, 1), (below.OpenOps, own.OpenOps));
            using var nested = new OpScope("Inside", below, view);
            Assert.Equal((2, 2), (below.OpenOps, own.OpenOps));
        }

        Assert.Equal((0, 0), (below.OpenOps, own.OpenOps));
    }

    [Fact]
    public void An_op_that_refuses_an_operand_is_counted_nowhere()
    {
        using Pass pass = _workspace.Enter();
        Frame frame = Ambient.Current!;
        Tensor x = Tensor.Ones([4]);
        Tensor[] dead = [Tensor.Ones([4]), default];
        dead[0].Dispose();
        foreach (Tensor refused in dead)
        {
            string message = Assert.Throws<StaleAccessException>(() => Probe(x, refused)).Message;
            Assert.Contains("run Probe on a tensor", message, StringComparison.Ordinal);
            Assert.Equal(0, frame.OpenOps);
        }

        static void Probe(Tensor first, Tensor second)
        {
            using var op = new OpScope("Probe", first, second);
            op.Complete();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_released_under_a_kernel_is_told_when_the_kernel_has_run_and_no_output_stays(int released)
    {
        using Pass pass = _workspace.Enter();
        Frame frame = Ambient.Current!;
        Tensor[] all = [Tensor.Ones([4]), Tensor.Ones([4]), default, default];
        string message = Assert.Throws<StaleAccessException>(() =>
        {
            using var op = new OpScope("Probe", all[0], all[1]);
            all[2] = op.Allocate(DType.F32, new Shape(4));
            all[3] = op.Allocate(DType.F32, new Shape(4));
            all[released].Dispose();
            op.Complete();
        }).Message;
        Assert.Contains("run Probe on a tensor", message, StringComparison.Ordinal);
        Assert.Contains("released", message, StringComparison.Ordinal);
        Assert.Equal([released != 0, released != 1, false, false], all.Select(static tensor => tensor.IsAlive));
        Assert.Equal(0, frame.OpenOps);
    }

    [Fact]
    public void Outputs_live_when_their_op_completes_and_are_given_back_when_its_kernel_throws()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([4]), first = default, second = default;
        long before = _workspace.Memory.Allocated;
        Assert.Throws<InvalidOperationException>(() => Run(fails: true));
        Assert.Equal((true, false, false), (x.IsAlive, first.IsAlive, second.IsAlive));
        Assert.Equal(before, _workspace.Memory.Allocated);
        Run(fails: false);
        Assert.Equal((true, true, true), (x.IsAlive, first.IsAlive, second.IsAlive));

        void Run(bool fails)
        {
            using var op = new OpScope("Probe", x);
            first = op.Allocate(DType.F32, new Shape(4));
            second = op.Allocate(DType.F32, new Shape(4));
            if (fails) throw new InvalidOperationException("the kernel");
            op.Complete();
        }
    }

    [Fact]
    public void Outputs_of_one_op_are_told_apart_by_their_number_whatever_its_operands()
    {
        using (_workspace.Enter())
        {
            Tensor x = Tensor.Ones([4]);
            using var op = new OpScope("Probe", x, x);
            for (int i = 0; i < 3; i++) op.Allocate(DType.I64, new Shape(4));
            op.Complete();
        }

        uint[] tags = [.. _workspace.LastTrace!.Entries.ToArray().Select(static entry => entry.Tag).TakeLast(3)];
        Assert.Equal([.. Enumerable.Range(0, 3).Select(static i => RequestTag.Of("Probe", (int)DType.I64, i))], tags);
    }

    [Fact]
    public void An_op_reuses_bytes_that_its_user_has_released_before_it()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Ones([4]), dead = Tensor.Ones([Length]);
        nint address = dead.HeaderOrNull!.Address;
        dead.Dispose();
        using var op = new OpScope("Probe", x);
        Assert.Equal(address, op.Allocate(DType.F32, new Shape(Length)).HeaderOrNull!.Address);
        op.Complete();
    }

    [Fact]
    public void A_traced_pass_runs_no_kernel_and_writes_to_nothing_outside_it()
    {
        using Pass outer = _workspace.Enter();
        Tensor x = Tensor.Ones([4]);
        using (_workspace.EnterShapes())
        {
            Tensor inside = Tensor.Ones([4]);
            Assert.False(Write(x) || Write(inside));
            Assert.Equal((0, 1), (x.Version, inside.Version));
            using var none = new OpScope("Probe");
            Assert.False(none.Computes);
            none.Complete();
        }

        Assert.Equal([1f, 1, 1, 1], x.ToArray<float>());
        Assert.True(Write(x));
        Assert.Equal(1, x.Version);

        static bool Write(Tensor to)
        {
            using var op = new OpScope("Probe", to);
            op.BeginWrite(to);
            op.Complete();
            return op.Computes;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_result_cannot_leave_the_traced_pass_that_one_of_its_operands_is_in(int traced)
    {
        using Pass pass = _workspace.Enter();
        Frame outer = Ambient.Current!;
        Tensor real = Tensor.Ones([4]);
        using Pass inner = _workspace.EnterShapes();
        Tensor shape = Tensor.Ones([4]);
        string message = Assert.Throws<ShapesOnlyException>(() =>
        {
            using var op = new OpScope("Probe", outer, traced == 0 ? shape : real, traced == 0 ? real : shape);
            Assert.False(op.Computes);
            op.Allocate(DType.F32, new Shape(4));
        }).Message;
        Assert.Contains("put the result of Probe into a pass that computes", message, StringComparison.Ordinal);
        Assert.Contains("the result goes to 'step'", message, StringComparison.Ordinal);
        using var whole = new OpScope("Probe", outer, real);
        Assert.True(whole.Computes);
        Assert.True(whole.Allocate(DType.F32, new Shape(4)).IsAlive);
    }

    [Fact]
    public void An_anomaly_is_looked_for_in_what_an_op_has_written_and_not_in_what_it_has_read()
    {
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([1, float.NaN]);
        using AnomalyScope scope = Anomalies.Detect();
        Run(0); // a kernel may well make numbers of what is none
        Assert.Contains("Probe", Assert.Throws<AnomalyException>(() => Run(float.NaN)).Message, StringComparison.Ordinal);

        void Run(float value)
        {
            using var op = new OpScope("Probe", x);
            op.WriteSpan<float>(op.Allocate(DType.F32, new Shape(2))).Fill(value);
            op.Complete();
        }
    }

    [Fact]
    public void A_tensor_may_have_as_many_bytes_as_a_block_and_no_more()
    {
        using Pass pass = _workspace.EnterShapes();
        long most = Granule.MaxRequest / sizeof(double);
        Assert.Equal(most * sizeof(double), Tensor.Zeros([most], DType.F64).HeaderOrNull!.Bytes);
        string message = Assert.Throws<ShapeException>(() => Tensor.Zeros([most + 1], DType.F64)).Message;
        Assert.Contains($"{most + 1} elements of 8 bytes are more than {Granule.MaxRequest} bytes", message, StringComparison.Ordinal);
    }
}
