namespace Workspaces.Memory;

/// <summary>An error of the memory core. Its message has four parts: what was asked, by whom, the numbers, and the remedy.</summary>
public class WorkspaceException : InvalidOperationException
{
    /// <summary>Makes an error out of its four parts.</summary>
    /// <param name="asked">What was asked, e.g. <c>enter a pass</c>.</param>
    /// <param name="by">Who asked: a workspace, pass, tensor or op.</param>
    /// <param name="numbers">The figures that explain the refusal.</param>
    /// <param name="remedy">What to do instead.</param>
    /// <param name="innerException">What the layer below threw, if it did.</param>
    public WorkspaceException(string asked, string by, string numbers, string remedy, Exception? innerException = null)
        : base(Compose(asked, by, numbers, remedy), innerException)
    {
        Asked = asked;
        By = by;
        Numbers = numbers;
        Remedy = remedy;
    }

    /// <summary>What was asked.</summary>
    public string Asked { get; }

    /// <summary>Who asked.</summary>
    public string By { get; }

    /// <summary>The figures that explain the refusal.</summary>
    public string Numbers { get; }

    /// <summary>What to do instead.</summary>
    public string Remedy { get; }

    /// <summary>The four parts as one text, for exceptions of other types that speak in the same way.</summary>
    /// <param name="asked">What was asked.</param>
    /// <param name="by">Who asked.</param>
    /// <param name="numbers">The figures that explain the refusal.</param>
    /// <param name="remedy">What to do instead.</param>
    /// <returns>The text.</returns>
    public static string Compose(string asked, string by, string numbers, string remedy) =>
        $"Cannot {asked}, asked by {by}: {numbers}. Remedy: {remedy}.";
}
