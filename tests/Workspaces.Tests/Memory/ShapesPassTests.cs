using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Tensors;

namespace Workspaces.Tests.Memory;

/// <summary>Passes and managers without bytes: everything is recorded, nothing is allocated.</summary>
public sealed class ShapesPassTests : IDisposable
{
    private const long Huge = 1L << 34;
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public ShapesPassTests() => _workspace = _manager.Lease(new() { Name = "traced", MaxSize = 1 << 20, PolicySpill = SpillPolicy.Fail });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void A_program_of_blocks_leaves_the_same_trace_and_costs_no_memory()
    {
        using (_workspace.EnterShapes()) Program();
        TraceEntry[] traced = _workspace.LastTrace!.Entries.ToArray();
        Assert.Equal(0, _workspace.Memory.Committed);
        Assert.Equal(0, _workspace.SystemCalls);
        using (_workspace.Enter()) Program();
        Assert.Equal(_workspace.LastTrace!.Entries.ToArray(), traced);
        Assert.True(_workspace.Memory.Committed > 0);

        void Program()
        {
            using Block a = _workspace.MemoryManager.Allocate(100, zeroed: true, purpose: "a");
            Block b = _workspace.MemoryManager.Allocate(0), c = _workspace.MemoryManager.Allocate(5000);
            c.CopyFrom([1, 2, 3]);
            b.Dispose();
            _workspace.MemoryManager.Allocate(64).Dispose();
        }
    }

    [Fact]
    public void Blocks_of_any_size_are_recorded_and_no_cap_applies()
    {
        using (_workspace.EnterShapes())
        {
            for (int i = 0; i < 4; i++) _workspace.MemoryManager.Allocate(Huge, zeroed: true);
            Assert.Throws<WorkspaceException>(() => _workspace.MemoryManager.Allocate(-1));
        }

        Assert.Equal(4 * Huge, _workspace.LastTrace!.Entries.ToArray().Sum(static entry => entry.Bytes));
        Assert.Equal(0, _workspace.Memory.Committed);
        using (_workspace.Enter()) Assert.Throws<OutOfWorkspaceException>(() => _workspace.MemoryManager.Allocate(Huge));
    }

    [Fact]
    public void Bytes_of_a_block_are_refused_with_four_parts()
    {
        using Pass pass = _workspace.EnterShapes();
        Block block = _workspace.MemoryManager.Allocate(100, purpose: "probe");
        foreach (Action read in (Action[])[() => block.AsSpan(), () => block.AsSpan<float>(), () => block.SliceSpan(0, 1), () => block.CopyTo(new byte[1])])
        {
            var error = Assert.Throws<ShapesOnlyException>(read);
            Assert.Matches("Cannot .*, asked by a block of 100 bytes made by probe: pass .* of workspace 'traced' .*Remedy: ", error.Message);
        }
    }

    [Fact]
    public void Handles_end_with_their_pass_and_the_next_pass_of_the_frame_has_bytes()
    {
        Block traced;
        using (_workspace.EnterShapes()) traced = _workspace.MemoryManager.Allocate(100);
        Assert.Throws<StaleAccessException>(() => traced.Length);
        using Pass pass = _workspace.Enter();
        Block real = _workspace.MemoryManager.Allocate(100, zeroed: true);
        Assert.True(real.AsSpan().IndexOfAnyExcept((byte)0) < 0);
        Assert.False(traced.IsAlive);
    }

    [Fact]
    public void Nested_passes_lanes_and_other_workspaces_inside_have_no_bytes_either()
    {
        using Workspace other = _manager.Lease(new() { Name = "other" });
        using (_workspace.EnterShapes())
        {
            using (_workspace.Enter()) AssertNoBytes(_workspace);
            using (other.Enter()) AssertNoBytes(other);
            using (Workspace leased = _manager.Lease(new())) AssertNoBytes(leased);
            using Lanes lanes = Open(_workspace).Fork(2);
            using (lanes.Enter(1)) AssertNoBytes(_workspace);
        }

        using (other.Enter()) other.MemoryManager.Allocate(8).AsSpan();
        Assert.Equal(1, _workspace.PassCount); // the outer pass

        static void AssertNoBytes(Workspace workspace)
        {
            Block block = workspace.MemoryManager.Allocate(8);
            Assert.Throws<ShapesOnlyException>(() => block.AsSpan());
        }

        static Pass Open(Workspace workspace) => new(workspace.Innermost, workspace.Innermost.Serial);
    }

    [Fact]
    public void Marks_and_rewinds_work()
    {
        using Pass pass = _workspace.EnterShapes();
        Block before = _workspace.MemoryManager.Allocate(8);
        PassMark mark = pass.Mark();
        Block after = _workspace.MemoryManager.Allocate(8);
        pass.Rewind(mark);
        Assert.Equal((true, false), (before.IsAlive, after.IsAlive));
    }

    [Fact]
    public void A_manager_for_shapes_places_parameters_as_a_real_one_and_commits_nothing()
    {
        using WorkspaceManager shapes = WorkspaceManager.ForShapes();
        using (shapes.Lease(new() { InitialSize = 1 << 30 })) Assert.Equal(0, shapes.Memory.Committed);
        using var real = new WorkspaceManager();
        Assert.Equal(Offsets(real), Offsets(shapes));
        Assert.Equal(real.Persistent.ParameterBytes, shapes.Persistent.ParameterBytes);
        Assert.Equal(real.Persistent.GradientBytes, shapes.Persistent.GradientBytes);
        Assert.True(shapes.Persistent.GradientBytes > 0);
        Assert.Equal(0, shapes.Memory.Committed);
        Assert.Equal(0, shapes.Scratch.SystemCalls);

        static long[] Offsets(WorkspaceManager manager)
        {
            var parameters = new List<Parameter>();
            foreach (long length in (long[])[1, 100, 16, 0, 7]) parameters.Add(new Parameter(new Shape(length), manager: manager));
            parameters[1].Dispose();
            parameters[1] = new Parameter(new Shape(3), manager: manager);
            using Workspace workspace = manager.Lease(new());
            foreach (Parameter parameter in parameters)
            {
                parameter.Value.Backward(Tensor.Ones(parameter.Value.Shape));
                Assert.Equal(parameter.SlabOffset, parameter.Grad!.Value.HeaderOrNull!.Address - parameters[0].Grad!.Value.HeaderOrNull!.Address);
            }

            return [.. parameters.Select(static parameter => parameter.SlabOffset)];
        }
    }

    [Fact]
    public void A_manager_for_shapes_knows_models_larger_than_any_machine()
    {
        using WorkspaceManager shapes = WorkspaceManager.ForShapes();
        for (int i = 0; i < 10; i++) _ = new Parameter(new Shape(1 << 16, 1 << 16), manager: shapes);
        Assert.Equal(10 * Huge, shapes.Persistent.ParameterBytes);
        Assert.Equal(0, shapes.Memory.Committed);
    }
}
