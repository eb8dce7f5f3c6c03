using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Tensors;

namespace Workspaces.Seams;

/// <summary>
/// Lets a causal model of sequences write: it reads a window of tokens, one of the likely next ones is drawn and appended, and so on.
/// <code>
///   window 6    t h e _ · ·     the model reads all 6; what stands behind the text changes nothing, as it sees only what was before
///                     ↓ draw from the logits of this position
///               t h e _ w ·  …  t h e _ w o  →  h e _ w o r     a full window loses its oldest token
/// </code>
/// Every call has the same shapes, so that all of them run from one plan; after the first a token costs no managed garbage and no call to the system.
/// </summary>
/// <remarks>Nothing is kept from token to token: each one costs a forward pass over the whole window. Not safe for several threads.</remarks>
public sealed class TokenGenerator : IDisposable
{
    private readonly WorkspaceModel _model;
    private readonly TokenSampler _sampler;
    private readonly long[] _window;
    private readonly float[] _logits;
    private readonly int _classes;
    private int _count;

    /// <summary>Makes a generator. The model is switched to evaluation and stays the caller's.</summary>
    /// <param name="model">Maps int64 [1, window] to float32 logits [1, window, classes], each position from those before it and itself only.</param>
    /// <param name="window">Tokens that the model reads at once, at least 1; not more than its positional embedding has.</param>
    /// <param name="classes">Tokens of the vocabulary, at least 1.</param>
    /// <param name="choice">How tokens are chosen; null for draws from all at temperature 1.</param>
    /// <param name="configuration">The workspace of the passes; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ConfigurationException">The configuration cannot run.</exception>
    public TokenGenerator(Module model, int window, int classes, TokenChoice? choice = null, WorkspaceConfiguration? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, Array.MaxLength / window);
        _sampler = new TokenSampler(classes, choice ?? new TokenChoice());
        _classes = classes;
        _window = new long[window];
        _logits = new float[window * classes];
        _model = model.InWorkspace(configuration);
    }

    /// <summary>The tokens that the next one is drawn after: the newest of the text, at most a window.</summary>
    public ReadOnlySpan<long> Context => _window.AsSpan(0, _count);

    /// <summary>Begins a text, in place of the one before.</summary>
    /// <param name="tokens">How it begins, at least 1 token; of more than a window the newest are read.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary; the text before stays.</exception>
    /// <exception cref="WorkspaceException">There is no token.</exception>
    public void Start(ReadOnlySpan<long> tokens)
    {
        if (tokens.IsEmpty) SeamErrors.ThrowNothing("begin a text");
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((ulong)tokens[i] >= (ulong)_classes) SeamErrors.ThrowToken(tokens[i], i, _classes);
        }

        _count = Math.Min(tokens.Length, _window.Length);
        tokens[^_count..].CopyTo(_window);
        _window.AsSpan(_count).Clear();
    }

    /// <summary>Draws the next token and appends it.</summary>
    /// <returns>The token.</returns>
    /// <exception cref="WorkspaceException">No text was begun, or a logit is not a number.</exception>
    /// <exception cref="ShapeException">The model does not take such a window.</exception>
    /// <exception cref="ArgumentException">The model's result has another type or number of elements.</exception>
    /// <exception cref="ObjectDisposedException">The generator was disposed.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public long Next()
    {
        if (_count == 0) SeamErrors.ThrowNothing("write a token");
        _model.Run<long, float>(_window, new Shape(1, _window.Length), _logits);
        long token = _sampler.Draw(_logits.AsSpan((_count - 1) * _classes, _classes));
        if (_count == _window.Length) _window.AsSpan(1).CopyTo(_window);
        else _count++;
        _window[_count - 1] = token;
        return token;
    }

    /// <summary>Draws as many tokens as there is room for and appends them.</summary>
    /// <param name="tokens">Receives them.</param>
    /// <inheritdoc cref="Next" path="/exception"/>
    public void Write(Span<long> tokens)
    {
        for (int i = 0; i < tokens.Length; i++) tokens[i] = Next();
    }

    /// <summary>Frees the memory of the passes. The model is not disposed.</summary>
    public void Dispose() => _model.Dispose();
}
