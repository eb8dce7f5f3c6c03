using System.Reflection;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Tensors;

/// <summary>When a handle is alive, what it equals, and what it says when it is not.</summary>
public sealed class TensorHandleTests : IDisposable
{
    /// <summary>Members that answer for stale handles too: asking whether it lives, giving it back, and hashing, which collections do at any time.</summary>
    private static readonly string[] Harmless = ["get_IsAlive", "Dispose", "GetHashCode"];

    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public TensorHandleTests() => _workspace = _manager.Lease(new());

    public static TheoryData<string> Members => [.. MembersOfTensor().Select(Describe).Order()];

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void Every_member_refuses_default_and_stale_handles(string member)
    {
        MethodInfo method = MembersOfTensor().Single(candidate => Describe(candidate) == member);
        Tensor stale = Tensor.Ones([2]);
        stale.Dispose();
        foreach (Tensor dead in (Tensor[])[default, stale])
        {
            MethodInfo target = method.IsGenericMethodDefinition ? method.MakeGenericMethod(typeof(float)) : method;
            if (target.ReturnType.IsByRefLike || target.GetParameters().Any(parameter => parameter.ParameterType.IsByRefLike))
            {
                AssertSpanMember(dead, target.Name);
                continue;
            }

            object?[] arguments = [.. target.GetParameters().Select(parameter => Argument(parameter, dead))];
            var error = Assert.Throws<TargetInvocationException>(() => target.Invoke(target.IsStatic ? null : dead, arguments));
            Assert.IsType<StaleAccessException>(error.InnerException);
        }
    }

    [Fact]
    public void Harmless_members_answer_for_any_handle()
    {
        Tensor stale = Tensor.Ones([2]);
        int hash = stale.GetHashCode();
        stale.Dispose();
        Assert.Equal(hash, stale.GetHashCode());
        Assert.False(stale.IsAlive);
        Assert.False(default(Tensor).IsAlive);
        stale.Dispose();
        default(Tensor).Dispose();
        Assert.False(stale.Equals(null));
        Assert.False(stale.Equals("text"));
    }

    [Fact]
    public void A_handle_is_stale_after_dispose_rewind_and_the_end_of_its_pass_lease_and_manager()
    {
        Tensor disposed = Tensor.Ones([2]).Named("first");
        disposed.Dispose();
        AssertStale(disposed, "'first'", "released");

        Pass pass = _workspace.Enter();
        PassMark mark = pass.Mark();
        Tensor rewound = Tensor.Ones([2]);
        pass.Rewind(mark);
        AssertStale(rewound, "float32[2]");
        Tensor inPass = Tensor.Ones([3]).Named("second");
        pass.Dispose();
        AssertStale(inPass, "'second'", "has ended");

        Tensor inLease = Tensor.Ones([2]);
        _workspace.Dispose();
        AssertStale(inLease, "has ended");

        var manager = new WorkspaceManager();
        Tensor parameter = new Workspaces.Autograd.Parameter(new Shape(2), manager: manager).Value;
        Assert.True(parameter.IsAlive);
        manager.Dispose();
        AssertStale(parameter, "disposed");
    }

    [Fact]
    public void Copies_of_a_handle_die_together()
    {
        Tensor a = Tensor.Ones([2]), b = a;
        Assert.Equal(a, b);
        a.Dispose();
        Assert.False(b.IsAlive);
        b.Dispose();
        Tensor next = Tensor.Ones([2]);
        a.Dispose();
        b.Dispose();
        Assert.True(next.IsAlive);
    }

    [Fact]
    public void A_recycled_header_does_not_revive_old_handles()
    {
        Tensor old = Tensor.Full([2], 1);
        old.Dispose();
        Tensor next = Tensor.Full([4], 2).Named("next");
        AssertStale(old, "serves another tensor");
        Assert.Null(Tensor.Ones([1]).Name);
        Assert.Equal(new Shape(4), next.Shape);
        for (int i = 0; i < 3; i++)
        {
            Tensor last;
            using (_workspace.Enter()) last = Tensor.Ones([i + 1]);
            using (_workspace.Enter())
            {
                Tensor same = Tensor.Ones([7]);
                Assert.False(last.IsAlive);
                Assert.True(same.IsAlive);
            }
        }
    }

    [Fact]
    public void Views_die_with_their_base_and_disposing_a_view_does_nothing()
    {
        Tensor x = Tensor.Arange(0, 6).Named("base");
        Tensor view = x.Reshape(2, 3), column = view.Select(1, 0);
        view.Dispose();
        Assert.True(view.IsAlive);
        Assert.True(column.IsView);
        Assert.False(x.IsView);
        Assert.Equal([0f, 3], column.ToArray<float>());
        x.Dispose();
        AssertStale(column, "is a view of", "released");
        Tensor.Ones([6]);
        Assert.False(view.IsAlive);
    }

    [Fact]
    public void A_view_made_in_an_inner_pass_dies_with_that_pass()
    {
        Tensor x = Tensor.Arange(0, 6), view;
        using (_workspace.Enter()) view = x.Reshape(2, 3);
        Assert.True(x.IsAlive);
        AssertStale(view, "has ended");
    }

    [Fact]
    public void Equality_is_of_handles_not_of_values()
    {
        Tensor a = Tensor.Ones([2]), b = Tensor.Ones([2]), copy = a;
        Assert.True(a == copy);
        Assert.False(a != copy);
        Assert.True(a != b);
        Assert.False(a.Equals(b));
        Assert.True(a.Equals((object)copy));
        Assert.True(a != a.Reshape(2));
        Assert.Equal(a.GetHashCode(), copy.GetHashCode());
        Assert.Equal([true, true], a.Equal(b).ToArray<bool>());
    }

    [Fact]
    public void Writes_are_counted_through_every_view()
    {
        Tensor x = Tensor.Zeros([2, 2]), row = x.Select(0, 1);
        Assert.Equal(0, x.Version);
        row.FillInPlace(1);
        x.Transpose().AddInPlace(1);
        Assert.Equal(2, row.Version);
        Assert.Equal(2, x.Version);
    }

    private static void AssertStale(Tensor tensor, params string[] texts)
    {
        Assert.False(tensor.IsAlive);
        var error = Assert.Throws<StaleAccessException>(() => tensor.Shape);
        foreach (string text in texts) Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(error.Remedy));
    }

    private static IEnumerable<MethodInfo> MembersOfTensor() => typeof(Tensor)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(method => !Harmless.Contains(method.Name));

    private static string Describe(MethodInfo method) =>
        $"{method.Name}{(method.IsGenericMethodDefinition ? "<T>" : "")}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";

    private object? Argument(ParameterInfo parameter, Tensor dead)
    {
        Type type = parameter.ParameterType;
        return type == typeof(Tensor) || type == typeof(object) ? dead
            : type == typeof(string) ? "name"
            : type == typeof(Workspace) ? _workspace
            : type == typeof(Pass) ? _workspace.Enter()
            : type == typeof(TensorReader<float>) ? new TensorReader<float>(static _ => Assert.Fail("the reader ran"))
            : throw new InvalidOperationException($"give {Describe((MethodInfo)parameter.Member)} an argument of {type}");
    }

    private static void AssertSpanMember(Tensor dead, string name)
    {
        switch (name)
        {
            case "CopyTo": Assert.Throws<StaleAccessException>(() => dead.CopyTo<float>(new float[2])); break;
            case "CopyFrom": Assert.Throws<StaleAccessException>(() => dead.CopyFrom<float>(new float[2])); break;
            case "AsSpan": Assert.Throws<StaleAccessException>(() => dead.AsSpan<float>().Length); break;
            case "Elements": Assert.Throws<StaleAccessException>(() => dead.Elements<float>().Length); break;
            default: Assert.Fail($"call {name} here"); break;
        }
    }
}
