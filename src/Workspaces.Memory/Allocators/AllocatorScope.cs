namespace Workspaces.Memory.Allocators;

/// <summary>
/// Chooses the allocator of a flow: <c>using (AllocatorScope.Use(a)) { … }</c>. Inside, memory that belongs to no arena comes from it: blocks of workspaces
/// with <c>WorkspaceMode: None</c>, and tensors made outside every workspace. It flows through <c>await</c>, <c>Task.Run</c> and <c>Parallel.For</c>, as passes
/// do; scopes nest; a child's scope is not seen by its parent.
/// </summary>
/// <remarks>Each block goes back to the allocator that it came from, whatever is in force then. Parameters, gradients and arenas are not affected.</remarks>
public sealed class AllocatorScope : IDisposable
{
    private static readonly AsyncLocal<AllocatorScope?> Flow = new();
    private readonly AllocatorScope? _outer;
    private int _closed;

    private AllocatorScope(IAllocator allocator, AllocatorScope? outer)
    {
        Allocator = allocator;
        _outer = outer;
    }

    /// <summary>The allocator in force in this flow; null outside every scope.</summary>
    /// <exception cref="WorkspaceException">The scope was disposed elsewhere, and this flow has outlived it.</exception>
    public static IAllocator? Current
    {
        get
        {
            AllocatorScope? scope = Flow.Value;
            if (scope is { IsOpen: false }) AllocatorErrors.ThrowScopeGone(scope.Allocator.Name);
            return scope?.Allocator;
        }
    }

    /// <summary>The allocator of this scope.</summary>
    public IAllocator Allocator { get; }

    private bool IsOpen => Volatile.Read(ref _closed) == 0;

    /// <summary>Puts an allocator in force until the result is disposed.</summary>
    /// <param name="allocator">Serves the flow; not disposed here.</param>
    /// <returns>Dispose it in the same flow, inner scopes first.</returns>
    public static AllocatorScope Use(IAllocator allocator)
    {
        ArgumentNullException.ThrowIfNull(allocator);
        AllocatorScope? outer = Flow.Value;
        while (outer is { IsOpen: false }) outer = outer._outer;
        var scope = new AllocatorScope(allocator, outer);
        Flow.Value = scope;
        return scope;
    }

    /// <summary>
    /// Puts back in force what was so before. Out of order it closes this scope, leaves the inner ones in force, and throws. A second call does nothing in a
    /// flow that has left the scope.
    /// </summary>
    /// <exception cref="WorkspaceException">A scope inside this one is still open in this flow.</exception>
    public void Dispose()
    {
        bool first = Interlocked.Exchange(ref _closed, 1) == 0;
        AllocatorScope? now = Flow.Value;
        if (ReferenceEquals(now, this))
        {
            AllocatorScope? outer = _outer;
            while (outer is { IsOpen: false }) outer = outer._outer;
            Flow.Value = outer;
            return;
        }

        while (first && now is not null)
        {
            now = now._outer;
            if (ReferenceEquals(now, this)) AllocatorErrors.ThrowScopeOrder(Allocator.Name, Flow.Value!.Allocator.Name);
        }
    }
}
