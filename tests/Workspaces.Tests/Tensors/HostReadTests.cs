using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Tensors;

/// <summary>What the host has read once stays readable to its release, even where tensors end with their last recorded use.</summary>
public sealed class HostReadTests : IDisposable
{
    private static readonly Dictionary<string, Func<Tensor, float>> Ways = new()
    {
        ["Item"] = static tensor => tensor.Item(),
        ["Item of a traced step"] = static tensor => tensor.ItemUnlessTraced<float>(),
        ["Read"] = static tensor =>
        {
            float value = 0;
            tensor.Read<float>(values => value = values[0]);
            return value;
        },
        ["CopyTo"] = static tensor =>
        {
            var values = new float[1];
            tensor.CopyTo<float>(values);
            return values[0];
        },
        ["ToArray"] = static tensor => tensor.ToArray<float>()[0],
        ["ToString"] = static tensor => tensor.ToString().Contains('7', StringComparison.Ordinal) ? 7 : -1,
        ["AsSpan"] = static tensor => tensor.AsSpan<float>()[0],
        ["Keep"] = static tensor => tensor.Keep().HeaderOrNull is { } header ? TensorMemory.Span<float>(header)[0] : -1,
    };

    private readonly PlannedWorkspace _planned = new(LifetimePolicy.LastUse);

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (string way in Ways.Keys)
            {
                cases.Add(way, false);
                cases.Add(way, true);
            }

            return cases;
        }
    }

    public void Dispose() => _planned.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_was_read_once_in_the_passes_before_may_be_read_again_and_again(string way, bool throughView)
    {
        Func<Tensor, float> read = Ways[way];
        _planned.Plan(() => Body(1));
        _planned.Passes(2, _ => Body(3));

        void Body(int reads)
        {
            Tensor x = Tensor.Full([1], 7), seen = throughView ? x.Reshape(1, 1) : x, y = x + 1;
            for (int i = 0; i < reads; i++)
            {
                Assert.Equal(7f, read(seen));
                for (int k = 0; k < 4; k++) y = y + Tensor.Full([1], 9);
                Assert.True(x.IsAlive);
            }

            Assert.Equal(8f + (36 * reads), y.Item());
        }
    }

    [Fact]
    public void A_span_of_a_released_tensor_keeps_its_values_whether_it_is_a_view_or_not()
    {
        using Pass pass = _planned.Workspace.Enter();
        foreach (bool throughView in (bool[])[false, true])
        {
            Tensor x = Tensor.Full([160], 5);
            Span<float> span = (throughView ? x.Reshape(16, 10) : x).AsSpan<float>();
            x.Dispose();
            for (int i = 0; i < 10; i++) Tensor.Full([160], 9).Dispose();
            Assert.True(span.IndexOfAnyExcept(5f) < 0);
        }
    }

    [Fact]
    public void The_item_of_a_traced_step_is_a_default_value_and_as_much_a_use_as_a_real_one()
    {
        Workspace workspace = _planned.Workspace;
        using (workspace.EnterShapes()) Assert.Equal(0f, Step());
        int traced = workspace.LastTrace!.Entries.ToArray().Sum(static entry => entry.Uses);
        using (workspace.Enter()) Assert.Equal(3f, Step());
        Assert.Equal(traced, workspace.LastTrace!.Entries.ToArray().Sum(static entry => entry.Uses));

        static float Step() => (Tensor.Ones([1]) + 2).ItemUnlessTraced<float>();
    }
}
