using Workspaces.Memory.Passes;

namespace Workspaces.Memory;

/// <summary>The parallel branches of one pass, from <see cref="Pass.Fork"/>.</summary>
public readonly struct Lanes : IDisposable
{
    private readonly Frame? _frame;
    private readonly long _serial;
    private readonly long _fork;

    internal Lanes(Frame frame, long serial, long fork, int count)
    {
        _frame = frame;
        _serial = serial;
        _fork = fork;
        Count = count;
    }

    /// <summary>Number of lanes.</summary>
    public int Count { get; }

    /// <summary>Makes a lane ambient in this branch: tensors made until the returned pass is disposed live in the lane.</summary>
    /// <param name="index">Number of the branch, from 0.</param>
    /// <returns>The lane's pass; dispose it in the branch.</returns>
    /// <exception cref="WorkspaceException">The index is out of range, or that lane is open in another branch.</exception>
    /// <exception cref="StaleAccessException">The pass has ended, or the lanes were disposed.</exception>
    public Pass Enter(int index)
    {
        if (_frame is null) Throw.DefaultHandle($"enter lane {index}");
        return _frame.Workspace!.EnterLane(_frame, _serial, _fork, index);
    }

    /// <summary>Joins the branches. A lane that is still open is closed and reported. A second call does nothing.</summary>
    public void Dispose() => _frame?.Workspace!.Join(_frame, _serial, _fork);
}
