using Workspaces.Memory;

namespace Workspaces.Tensors;

/// <summary>Shapes, axes or indices that do not fit together. The message has four parts, each also a property.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>Makes an exception from its four parts, written without a full stop at their ends.</summary>
    /// <param name="asked">What was asked, as a verb phrase: <c>reshape [2, 3] to [4, 2]</c>.</param>
    /// <param name="by">By whom: the name of the op.</param>
    /// <param name="numbers">The numbers that do not fit: <c>6 elements do not fit 8</c>.</param>
    /// <param name="remedy">What to do instead, as a command: <c>pass -1 for one dimension to have it inferred</c>.</param>
    public ShapeException(string asked, string by, string numbers, string remedy)
        : base(WorkspaceException.Compose(asked, by, numbers, remedy))
    {
        Asked = asked;
        By = by;
        Numbers = numbers;
        Remedy = remedy;
    }

    /// <summary>What was asked, with the shapes.</summary>
    public string Asked { get; }

    /// <summary>The op that asked.</summary>
    public string By { get; }

    /// <summary>The numbers that do not fit.</summary>
    public string Numbers { get; }

    /// <summary>What to do instead.</summary>
    public string Remedy { get; }
}
