using System.Text.RegularExpressions;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Tracking;
using Workspaces.Tensors;
using Workspaces.Tests.Allocators;

namespace Workspaces.Tests.Ops;

/// <summary>
/// What every op must do. Inherit with a table of cases: values and gradients are right for any layout and both float types, wrong use is named,
/// memory comes back on every path, and the same call gives the same bits in every pass and without workspaces.
/// </summary>
/// <typeparam name="TTable">The table.</typeparam>
public abstract class OpConformance<TTable>
    where TTable : IOpTable
{
    public static TheoryData<OpCase> Ops => [.. TTable.Cases];

    [Theory]
    [MemberData(nameof(Ops))]
    public void Values_equal_the_reference(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        NdArray expected = op.Reference(op.MakeInputs());
        using var workspace = WorkspaceManager.Create(new());
        foreach (DType dtype in (DType[])[DType.F64, DType.F32])
        {
            foreach (Placement placement in Enum.GetValues<Placement>())
            {
                using Pass pass = workspace.Enter();
                OpRun run = OpRun.Of(op, dtype, placement);
                Assert.Equal(expected.Dims, run.Dims);
                Close.To(expected.Data, run.Output, dtype == DType.F64 ? op.F64Tolerance : op.F32Tolerance, $"{op.Name}, {dtype}, {placement}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Gradients_equal_finite_differences(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        using var workspace = WorkspaceManager.Create(new());
        double[]?[] expected = FiniteDifferences(op);
        foreach (Placement placement in Enum.GetValues<Placement>())
        {
            using Pass pass = workspace.Enter();
            OpRun exact = OpRun.Of(op, DType.F64, placement), single = OpRun.Of(op, DType.F32, placement);
            for (int i = 0; i < expected.Length; i++)
            {
                if (expected[i] is not { } gradient) continue;
                Close.To(gradient, exact.Gradients[i]!, 2e-7, $"gradient of input {i}, {placement}");
                Close.To(exact.Gradients[i]!, single.Gradients[i]!, 10 * op.F32Tolerance, $"float32 gradient of input {i}, {placement}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Stale_and_default_inputs_are_refused_by_name_and_leave_nothing(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        using var workspace = WorkspaceManager.Create(new());
        HashSet<string> names = OpNames.CalledBy(op.Run);
        for (int stale = 0; stale < op.Inputs.Length; stale++)
        {
            for (int isDefault = 0; isDefault < 2; isDefault++)
            {
                Tensor[] inputs = [.. op.MakeInputs().Select(array => OpRun.Make(array, DType.F64))];
                inputs[stale].Dispose();
                long before = workspace.Memory.Allocated;
                if (isDefault == 1) inputs[stale] = default;
                var error = Assert.Throws<StaleAccessException>(() => op.Run(inputs));
                Assert.Equal(before, workspace.Memory.Allocated);
                Assert.Contains(names, name => Regex.IsMatch(error.Message, $@"\b{name}\b"));
                Assert.Matches(isDefault == 1 ? "a default tensor" : "made by From|serves another tensor", error.Message);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Memory_comes_back_when_all_is_disposed(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        using var workspace = WorkspaceManager.Create(new());
        for (int strided = 0; strided < 2; strided++)
        {
            long before = workspace.Memory.Allocated;
            NdArray[] arrays = op.MakeInputs();
            var bases = new Tensor[arrays.Length];
            var inputs = new Tensor[arrays.Length];
            for (int i = 0; i < arrays.Length; i++)
            {
                if (strided == 1 && arrays[i].Rank >= 2)
                {
                    int[] order = [.. Enumerable.Range(0, arrays[i].Rank).Reverse()];
                    bases[i] = OpRun.Make(arrays[i].Permute(order), DType.F64);
                    if (op.IsDifferentiable(i)) bases[i].RequireGrad();
                    inputs[i] = Workspaces.Ops.ViewOps.Permute(bases[i], order);
                }
                else
                {
                    inputs[i] = bases[i] = OpRun.Make(arrays[i], DType.F64);
                    if (op.IsDifferentiable(i)) bases[i].RequireGrad();
                }
            }

            Tensor output = op.Run(inputs);
            using (Tensor upstream = OpRun.MakeUpstream(output))
            {
                if (op.Differentiable) output.Backward(upstream);
            }

            output.Dispose();
            foreach (Tensor input in bases)
            {
                input.Grad?.Dispose();
                input.Dispose();
            }

            Assert.Equal(before, workspace.Memory.Allocated);
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void A_result_gives_its_own_bytes_back(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        using var workspace = WorkspaceManager.Create(new());
        Tensor[] inputs = [.. op.MakeInputs().Select(array => OpRun.Make(array, DType.F64))];
        long before = workspace.Memory.Allocated;
        op.Run(inputs).Dispose();
        Assert.Equal(before, workspace.Memory.Allocated);
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Every_pass_gives_the_same_bits_by_the_same_requests(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        using var workspace = WorkspaceManager.Create(new());
        OpRun? first = null;
        (long Bytes, int Birth, int LastUse, int Death, string? Op)[]? requests = null;
        for (int i = 0; i < 3; i++)
        {
            OpRun run;
            using (workspace.Enter()) run = OpRun.Of(op, DType.F32, Placement.Transposed);
            Assert.Equal(0, workspace.Memory.Allocated);
            var trace = workspace.LastTrace!.Entries.ToArray().Select(entry => (entry.Bytes, entry.Birth, entry.LastUse, entry.Death, entry.Op)).ToArray();
            AssertSame(first ??= run, run);
            Assert.Equal(requests ??= trace, trace);
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void The_bits_are_the_same_without_workspaces(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        AssertSame(RunIn(WorkspaceMode.Enabled), RunIn(WorkspaceMode.None));

        OpRun RunIn(WorkspaceMode mode)
        {
            using var workspace = WorkspaceManager.Create(new() { WorkspaceMode = mode });
            return OpRun.Of(op, DType.F32);
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Refused_memory_leaves_nothing_behind(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        var native = new StatisticsAllocator(new NativeAllocator());
        for (long nth = 1; ; nth++)
        {
            int inputs = op.Inputs.Length;
            var allocator = new FaultInjectingAllocator(native, inputs + nth);
            using (var manager = new WorkspaceManager(allocator: allocator))
            using (Workspace workspace = manager.Lease(new() { WorkspaceMode = WorkspaceMode.None }))
            {
                Tensor[] tensors = [.. op.MakeInputs().Select(array => OpRun.Make(array, DType.F64))];
                long before = workspace.Memory.External;
                if (allocator.Faults == 0)
                {
                    try
                    {
                        op.Run(tensors).Dispose();
                    }
                    catch (OutOfWorkspaceException)
                    {
                    }
                }

                Assert.Equal(before, workspace.Memory.External);
            }

            Assert.Equal(0, native.Statistics.LiveBytes);
            if (allocator.Faults == 0) return;
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Memory_refused_on_the_way_back_leaves_the_workspace_usable(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        if (!op.Differentiable) return;
        OpRun expected;
        using (WorkspaceManager.Create(new())) expected = OpRun.Of(op, DType.F64);
        var native = new StatisticsAllocator(new NativeAllocator());
        for (long nth = 1; ; nth++)
        {
            var allocator = new FaultInjectingAllocator(native, nth);
            using (var manager = new WorkspaceManager(allocator: allocator))
            using (Workspace workspace = manager.Lease(new() { WorkspaceMode = WorkspaceMode.None }))
            {
                try
                {
                    using (workspace.Enter()) OpRun.Of(op, DType.F64);
                }
                catch (OutOfWorkspaceException)
                {
                }

                Assert.Equal(0, workspace.Memory.External);
                if (allocator.Faults == 0) return;
                using (workspace.Enter()) AssertSame(expected, OpRun.Of(op, DType.F64));
            }

            Assert.Equal(0, native.Statistics.LiveBytes);
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Traces_the_same_on_shapes_alone(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        foreach (DType dtype in (DType[])[DType.F64, DType.F32])
        {
            foreach (Placement placement in Enum.GetValues<Placement>())
            {
                using (workspace.EnterShapes()) OpRun.Unread(op, dtype, placement);
                TraceEntry[] traced = workspace.LastTrace!.Entries.ToArray();
                int events = workspace.LastTrace.Events;
                using (workspace.Enter()) OpRun.Unread(op, dtype, placement);
                Assert.Equal(workspace.LastTrace.Entries.ToArray(), traced);
                Assert.Equal(workspace.LastTrace.Events, events);
                Assert.NotEmpty(traced);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Runs_on_a_manager_that_commits_nothing(OpCase op)
    {
        ArgumentNullException.ThrowIfNull(op);
        using var manager = WorkspaceManager.ForShapes();
        using Workspace workspace = manager.Lease(new() { InitialSize = 1 << 20 });
        OpRun.Unread(op, DType.F32, Placement.Transposed);
        Assert.Throws<ShapesOnlyException>(() => OpRun.Of(op, DType.F32));
        Assert.Equal(0, manager.Memory.Committed);
    }

    private static void AssertSame(OpRun expected, OpRun actual)
    {
        Assert.Equal(expected.Dims, actual.Dims);
        Close.SameBits(expected.Output, actual.Output, "output");
        for (int i = 0; i < expected.Gradients.Length; i++)
        {
            if (expected.Gradients[i] is { } gradient) Close.SameBits(gradient, actual.Gradients[i]!, $"gradient of input {i}");
        }
    }

    /// <summary>Central differences of the sum of the output times the upstream gradient, by the reference alone.</summary>
    private static double[]?[] FiniteDifferences(OpCase op)
    {
        const double step = 1e-5;
        NdArray[] inputs = op.MakeInputs();
        var result = new double[]?[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!op.IsDifferentiable(i)) continue;
            double[] data = inputs[i].Data, slope = new double[data.Length];
            for (int element = 0; element < data.Length; element++)
            {
                double before = data[element];
                data[element] = before + step;
                double above = Weighted(op.Reference(inputs));
                data[element] = before - step;
                double below = Weighted(op.Reference(inputs));
                data[element] = before;
                slope[element] = (above - below) / (2 * step);
            }

            result[i] = slope;
        }

        return result;
    }

    private static double Weighted(NdArray output) => output.Data.Zip(OpRun.Upstream(output.Data.Length), (value, weight) => value * weight).Sum();
}
