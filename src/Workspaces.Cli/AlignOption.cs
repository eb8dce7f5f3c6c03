using System.CommandLine;
using System.CommandLine.Parsing;
using System.Numerics;
using Workspaces.Memory;
using Workspaces.Memory.Planning;

namespace Workspaces.Cli;

/// <summary>The option <c>--align</c> of the verbs that read traces.</summary>
internal sealed class AlignOption
{
    internal Option<int> Option { get; } = new("--align")
    {
        Description = "Alignment of offsets and sizes in bytes, a power of two.",
        DefaultValueFactory = static _ => PlanningProblem.DefaultAlignment,
    };

    /// <summary>True when the command line says it.</summary>
    internal bool IsWritten(ParseResult parsed) => parsed.GetResult(Option) is OptionResult { Implicit: false };

    /// <summary>The alignment.</summary>
    /// <exception cref="ArgumentException">It is no power of two.</exception>
    internal int Of(ParseResult parsed)
    {
        int alignment = parsed.GetValue(Option);
        return alignment > 0 && BitOperations.IsPow2(alignment)
            ? alignment
            : throw new ArgumentException(WorkspaceException.Compose(
                $"align to {JsonLine.Plain(alignment)} bytes", "--align", $"{JsonLine.Plain(alignment)} is not a power of two",
                $"give e.g. --align {PlanningProblem.DefaultAlignment}"));
    }
}
