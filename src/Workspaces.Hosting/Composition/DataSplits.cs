using Workspaces.Data;

namespace Workspaces.Hosting.Composition;

/// <summary>The data of a run.</summary>
/// <param name="Train">What is trained on.</param>
/// <param name="Test">What accuracy is measured on, or null.</param>
public sealed record DataSplits(IDataSet Train, IDataSet? Test)
{
    /// <summary>Adds what must be closed.</summary>
    internal void AddTo(Stack<IDisposable> undo)
    {
        if (Train is IDisposable train) undo.Push(train);
        if (Test is IDisposable test) undo.Push(test);
    }
}
