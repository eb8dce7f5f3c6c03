using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>The hooks of one tensor, in the order of their making. A run sees those that were there when it came by.</summary>
internal sealed class GradientHooks
{
    private const int ManyHooks = 64;
    private readonly object _sync = new();
    private GradientHook[] _hooks = []; // never changed, only replaced

    internal bool IsEmpty => Volatile.Read(ref _hooks).Length == 0;

    /// <summary>Puts a hook on a tensor.</summary>
    internal static GradientHook Add(Tensor tensor, GradientHook hook)
    {
        TensorHeader header = tensor.Checked("watch a gradient");
        GradientHooks hooks;
        if (header.Node is Node node) hooks = node.Hooks ??= new();
        else if (header.Node is LeafNode leaf) hooks = leaf.Hooks ??= new();
        else
        {
            ThrowNone(header);
            return hook;
        }

        if (hooks.Add(hook) == ManyHooks) TellOfHooks(header);
        return hook;
    }

    internal void Remove(GradientHook hook)
    {
        lock (_sync) Volatile.Write(ref _hooks, Array.FindAll(_hooks, other => !ReferenceEquals(other, hook)));
    }

    /// <summary>Lets all hooks see a gradient; what they replace is let go, and the hold of what they return is the run's.</summary>
    internal void Apply(ref Tensor gradient, TapeNode of)
    {
        using NoGradScope off = NoGradScope.Open();
        foreach (GradientHook hook in Volatile.Read(ref _hooks)) Apply(hook, ref gradient, of);
    }

    private static void Apply(GradientHook hook, ref Tensor gradient, TapeNode of)
    {
        Tensor before = gradient;
        TensorHeader header = before.Checked("show a gradient"), storage = header.Storage;
        bool isShared = !GradientHold.IsExclusive(before);
        int version = storage.Version;
        Frame frame = TensorFrames.Current;
        ulong births = frame.Births;
        Tensor after = hook.Run(before);
        if (isShared && storage.Version != version) ThrowWritten(of, storage);
        TensorHeader given = after.Checked("go on with the gradient of a hook");
        if (ReferenceEquals(given, header) && after.Generation == before.Generation) return;
        if (given.Layout.Shape != header.Layout.Shape) ThrowShape(of, given, header);
        if (given.DType != header.DType) TensorThrow.WrongType(after, header.DType, "use as gradient");
        ulong birth = given.Root is null ? after.Generation : given.RootBirth;
        bool isMade = ReferenceEquals(given.Storage.Frame, frame) && birth > births && given.Storage.Holds == 1;
        if (isMade) after.Keep(); // its maker's hold is the run's from now on
        else GradientHold.Add(after);
        gradient = after;
        GradientHold.Drop(before);
    }

    private int Add(GradientHook hook)
    {
        hook.BeginOn(this);
        lock (_sync)
        {
            GradientHook[] hooks = [.. _hooks, hook];
            Volatile.Write(ref _hooks, hooks);
            return hooks.Length;
        }
    }

    private static void TellOfHooks(TensorHeader header) =>
        header.Frame.Manager.TellSoon(LeakFindings.HandlersPileUp(header.Frame.Name, $"gradient hooks of {TensorThrow.Describe(header)}", ManyHooks));

    private static string Name(TapeNode of) => of is LeafNode leaf ? leaf.Describe() : of.OpName;

    [DoesNotReturn]
    private static void ThrowNone(TensorHeader header) => throw new InvalidOperationException(WorkspaceException.Compose(
        "watch a gradient", TensorThrow.Describe(header), "no gradient flows to it: no input requires one, or recording was off",
        "ask RequiresGrad first, or call RequireGrad() on the tensor"));

    [DoesNotReturn]
    private static void ThrowWritten(TapeNode of, TensorHeader storage) => throw new InvalidOperationException(WorkspaceException.Compose(
        "go on with backward", $"a hook on the gradient of {Name(of)}", $"{storage.Writer} wrote in place to a gradient that {storage.Holds} others share",
        "return a new tensor from OnGradient instead"));

    [DoesNotReturn]
    private static void ThrowShape(TapeNode of, TensorHeader given, TensorHeader wanted) => throw new ShapeException(
        $"go on with a gradient of shape {given.Layout.Shape}", $"a hook on the gradient of {Name(of)}", $"the gradient has shape {wanted.Layout.Shape}",
        "return a tensor of the shape that the hook was given");
}
