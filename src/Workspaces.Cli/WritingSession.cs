using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Workspaces.Data;
using Workspaces.Hosting.Composition;
using Workspaces.Memory;
using Workspaces.Seams;

namespace Workspaces.Cli;

/// <summary>A model of texts goes on with lines that it is given, token by token; layers that cannot keep what they know read the window again for each.</summary>
internal sealed class WritingSession : IDisposable
{
    private static readonly WorkspaceConfiguration Space = new() { Name = "infer" };
    private readonly TrainedModel _trained;
    private readonly string _vocabulary;
    private readonly long[] _written;
    private readonly IncrementalGenerator? _kept;
    private readonly TokenGenerator? _whole;
    private readonly int _window;
    private long _lines;
    private long _characters;
    private double _milliseconds;
    private string _firstState = "";

    internal WritingSession(TrainedModel trained, SamplePreparation preparation, TokenChoice choice, int length)
    {
        _trained = trained;
        _vocabulary = preparation.Vocabulary!;
        _window = preparation.RawCount;
        _written = new long[length];
        try
        {
            _kept = new IncrementalGenerator(trained.Model, _window, _vocabulary.Length, choice, Space);
        }
        catch (NotSupportedException)
        {
            _whole = new TokenGenerator(trained.Model, _window, _vocabulary.Length, choice, Space);
        }
    }

    /// <summary>What the model writes behind a line; less when it is stopped.</summary>
    internal JsonObject Run(string line, CancellationToken cancellation)
    {
        long[] tokens = TokensOf(line);
        long begin = Stopwatch.GetTimestamp();
        if (_kept is not null) _kept.Start(tokens);
        else _whole!.Start(tokens);
        int count = 0;
        for (; count < _written.Length && !cancellation.IsCancellationRequested; count++)
        {
            _written[count] = _kept is not null ? _kept.Next() : _whole!.Next();
            if (_firstState.Length == 0) _firstState = State().State;
        }

        _milliseconds += Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        _characters += count;
        var text = new StringBuilder(count);
        foreach (long token in _written.AsSpan(0, count)) text.Append(_vocabulary[(int)token]);
        return new JsonObject { ["index"] = _lines++, ["prompt"] = line, ["text"] = text.ToString() };
    }

    internal JsonObject Figures(bool cancelled)
    {
        (string state, long learning, long deviations) = State();
        return new JsonObject
        {
            ["samples"] = _lines,
            ["characters"] = _characters,
            ["ms_per_character"] = _characters > 0 ? _milliseconds / _characters : null,
            ["first_pass_state"] = _firstState,
            ["pass_state"] = state,
            ["learning_peak_bytes"] = learning,
            ["deviations"] = deviations,
            ["kept_bytes"] = _kept?.KeptBytes ?? 0,
            ["cancelled"] = cancelled,
        };
    }

    public void Dispose()
    {
        _kept?.Dispose();
        _whole?.Dispose();
    }

    /// <summary>The named workspace is at rest between two calls; leasing it shows what it has come to.</summary>
    private (string State, long LearningPeakBytes, long Deviations) State()
    {
        using Workspace workspace = _trained.Manager.Lease(Space);
        return (workspace.State.ToString(), workspace.LearningPeakBytes, workspace.Deviations);
    }

    private long[] TokensOf(string line)
    {
        var tokens = new long[line.Length];
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = _vocabulary.IndexOf(line[i], StringComparison.Ordinal);
            if (tokens[i] < 0)
                throw new InvalidDataException(WorkspaceException.Compose(
                    $"read '{line[i]}', character {i + 1} of line {_lines + 1}", "infer", $"it is none of the {_vocabulary.Length} characters that the model was trained on",
                    "use characters of the training text, or --format Csv for tokens in numbers"));
        }

        return tokens;
    }
}
