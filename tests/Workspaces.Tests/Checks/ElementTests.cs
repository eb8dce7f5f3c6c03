using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Checks;

/// <summary>Elements one by one: whatever the strides, and with <c>Element</c> each access by itself.</summary>
public sealed class ElementTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    private Workspace Lease(CheckMode checks) => _manager.Lease(new WorkspaceConfiguration { Name = checks.ToString(), Checks = checks });

    [Theory]
    [InlineData(CheckMode.Off)]
    [InlineData(CheckMode.Span)]
    [InlineData(CheckMode.Element)]
    [InlineData(CheckMode.Protect)]
    public void Elements_are_read_written_and_walked_whatever_the_strides(CheckMode checks)
    {
        using Workspace workspace = Lease(checks);
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.From<int>([0, 1, 2, 3, 4, 5], [2, 3]), turned = x.Transpose(), part = x.Index(1, 1..);
        TensorElements<int> elements = turned.Elements<int>();
        Assert.Equal(6, elements.Length);
        Assert.Equal(5, elements[2, 1]);
        Assert.Equal(3, elements[-3, -1]);
        elements[2, 1] = 50;
        Assert.Equal([0, 3, 1, 4, 2, 50], Walk(turned));
        Assert.Equal([4, 50], Walk(part));
        Assert.Equal([0, 1, 2, 3, 4, 50], x.ToArray<int>());
        Assert.Empty(Walk(Tensor.Zeros([2, 0], DType.I32)));
        Assert.Equal(7, Tensor.Full([], 7, DType.I32).Elements<int>()[[]]);
    }

    [Fact]
    public void Wrong_positions_types_and_broadcast_writes_are_refused()
    {
        using Workspace workspace = Lease(CheckMode.Element);
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.Zeros([2, 3]);
        Assert.Throws<ShapeException>(() => x.Elements<float>()[1]);
        Assert.Throws<ShapeException>(() => x.Elements<float>()[2, 0]);
        Assert.Throws<ShapeException>(() => x.Elements<float>()[0, -4]);
        Assert.Throws<ArgumentException>(() => x.Elements<double>()[0, 0]);
        Tensor repeated = Tensor.Zeros([1, 3]).BroadcastTo([4, 3]);
        Assert.Equal(0, repeated.Elements<float>()[3, 2]);
        Assert.Throws<InvalidOperationException>(() =>
        {
            TensorElements<float> elements = repeated.Elements<float>();
            elements[0, 0] = 1;
        });
    }

    [Theory]
    [InlineData(CheckMode.Element)]
    [InlineData(CheckMode.Protect)]
    public void Each_access_to_an_element_after_the_end_throws(CheckMode checks)
    {
        using Workspace workspace = Lease(checks);
        Assert.Contains("use an element", UseAfter(workspace, static elements => _ = elements[0]).Message, StringComparison.Ordinal);
        UseAfter(workspace, static elements => elements[1] = 5);
        UseAfter(workspace, static elements =>
        {
            foreach (float element in elements) _ = element;
        });
        DisposeInMidWalk(workspace);
    }

    [Theory]
    [InlineData(CheckMode.Off)]
    [InlineData(CheckMode.Span)]
    public void Without_checks_of_elements_a_view_of_them_is_checked_when_it_is_taken_and_its_bytes_stay(CheckMode checks)
    {
        using Workspace workspace = Lease(checks);
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.Full([4], 3);
        TensorElements<float> elements = x.Elements<float>();
        x.Dispose();
        using Tensor other = Tensor.Full([4], 8);
        Assert.Equal(3, elements[2]);
    }

    private static StaleAccessException UseAfter(Workspace workspace, Use use)
    {
        TensorElements<float> elements;
        using (workspace.Enter()) elements = Tensor.Ones([4]).Named("kept").Elements<float>();
        try
        {
            use(elements);
        }
        catch (StaleAccessException error)
        {
            Assert.Contains("kept", error.Message, StringComparison.Ordinal);
            return error;
        }

        throw new InvalidOperationException("The element was read.");
    }

    private static void DisposeInMidWalk(Workspace workspace)
    {
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.Ones([4]);
        int seen = 0;
        try
        {
            foreach (float element in x.Elements<float>())
            {
                seen += (int)element;
                x.Dispose();
            }
        }
        catch (StaleAccessException)
        {
            Assert.Equal(1, seen);
            return;
        }

        Assert.Fail("The walk went on.");
    }

    private static List<int> Walk(Tensor tensor)
    {
        var all = new List<int>();
        foreach (int element in tensor.Elements<int>()) all.Add(element);
        return all;
    }

    private delegate void Use(TensorElements<float> elements);
}
