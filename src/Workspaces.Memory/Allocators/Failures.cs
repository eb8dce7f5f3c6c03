using System.Runtime.ExceptionServices;

namespace Workspaces.Memory.Allocators;

/// <summary>Exceptions of work that goes on to its end all the same: one is thrown on as it was, several together.</summary>
internal struct Failures
{
    private List<Exception>? _all;

    internal void Add(Exception failure) => (_all ??= []).Add(failure);

    internal void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception failure)
        {
            Add(failure);
        }
    }

    /// <summary>Throws what was added, if anything.</summary>
    internal readonly void ThrowIfAny()
    {
        if (_all is null) return;
        if (_all.Count == 1) ExceptionDispatchInfo.Throw(_all[0]);
        throw new AggregateException(_all);
    }
}
