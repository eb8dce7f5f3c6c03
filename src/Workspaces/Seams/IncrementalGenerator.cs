using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Seams.Incremental;
using Workspaces.Tensors;

namespace Workspaces.Seams;

/// <summary>
/// Lets a causal model write as a <see cref="TokenGenerator"/> does, but keeps what its layers know of the text, so that a token costs a pass over one position:
/// attention keeps keys and values, recurrent layers their last states.
/// <code>
///   t h e _ w          keys and values of t h e _ are kept; the model reads w alone,
///   ▒ ▒ ▒ ▒ █          and its query is compared with what is kept
/// </code>
/// All passes have the same shapes, whatever the position, and run from one plan; after the first a token costs no managed garbage and no call to the system.
/// What is kept lies in persistent memory of the manager that owns the parameters.
/// </summary>
/// <remarks>
/// A model with attention or positions sees at most a window. When that is full, the older half is given up and the newer one read again, because its positions have
/// changed: on average a token then costs two passes. A purely recurrent model has no such limit. Works for <see cref="Sequential"/>, <see cref="Residual"/>,
/// <see cref="TransformerBlock"/>, causal <see cref="MultiHeadAttention"/>, one-way <see cref="RNN"/>, <see cref="GRU"/> and <see cref="LSTM"/> with batches first,
/// embeddings, norms of the last axis, <see cref="Linear"/> and activations. Not safe for several threads.
/// </remarks>
public sealed class IncrementalGenerator : IDisposable
{
    private readonly SequenceStep _steps;
    private readonly WorkspaceModel _model;
    private readonly TokenSampler _sampler;
    private readonly long[] _tokens;
    private readonly float[] _logits;
    private readonly bool _isLimited;
    private int _count;
    private bool _begun;

    /// <summary>Makes a generator and takes the memory for what is kept. The model is switched to evaluation and stays the caller's.</summary>
    /// <param name="model">Maps int64 [1, n] to float32 logits [1, n, classes], each position from those before it and itself only.</param>
    /// <param name="window">Most tokens that the model sees, at least 1; not more than its positional embedding has.</param>
    /// <param name="classes">Tokens of the vocabulary, at least 1.</param>
    /// <param name="choice">How tokens are chosen; null for draws from all at temperature 1.</param>
    /// <param name="configuration">The workspace of the passes; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="NotSupportedException">A layer cannot go through a text token by token.</exception>
    /// <exception cref="ConfigurationException">The configuration cannot run.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public IncrementalGenerator(Module model, int window, int classes, TokenChoice? choice = null, WorkspaceConfiguration? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        _sampler = new TokenSampler(classes, choice ?? new TokenChoice());
        configuration?.ThrowIfInvalid();
        _tokens = new long[window];
        _logits = new float[classes];
        model.Eval();
        _steps = SequenceSteps.Of(model, window);
        _isLimited = _steps.IsLimited;
        _model = new WorkspaceModel(Step, configuration, model.Parameters is [var first, ..] ? first.Manager : null);
    }

    /// <summary>Tokens that the model knows of: at most a window, or all that were read where there is no limit.</summary>
    public int Count => _begun ? _count : 0;

    /// <summary>Bytes of what is kept from token to token: the same for short and long texts.</summary>
    public long KeptBytes => _steps.KeptBytes;

    /// <summary>Logits of the next token, one a class; before a text was begun they mean nothing.</summary>
    public ReadOnlySpan<float> Logits => _logits;

    /// <summary>Begins a text, in place of the one before: the model reads its tokens one by one.</summary>
    /// <param name="tokens">How it begins, at least 1 token; of more than a window the newest are read, where there is a limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary; the text before stays.</exception>
    /// <exception cref="WorkspaceException">There is no token.</exception>
    /// <exception cref="ObjectDisposedException">The generator was disposed.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public void Start(ReadOnlySpan<long> tokens)
    {
        if (tokens.IsEmpty) SeamErrors.ThrowNothing("begin a text");
        for (int i = 0; i < tokens.Length; i++) Check(tokens[i], i);
        Begin(_isLimited ? tokens[^Math.Min(tokens.Length, _tokens.Length)..] : tokens);
    }

    /// <summary>Appends a token that the caller has chosen, as if it had been drawn.</summary>
    /// <param name="token">The token.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in the vocabulary.</exception>
    /// <inheritdoc cref="Next" path="/exception"/>
    public void Read(long token)
    {
        if (!_begun) SeamErrors.ThrowNothing("go on with a token");
        Check(token, _count);
        Append(token);
    }

    /// <summary>Draws the next token and appends it.</summary>
    /// <returns>The token.</returns>
    /// <exception cref="WorkspaceException">No text was begun, the last call did not come to its end, or a logit is not a number.</exception>
    /// <exception cref="ShapeException">The model does not take such an input.</exception>
    /// <exception cref="ArgumentException">The model's result has another type or number of elements.</exception>
    /// <exception cref="ObjectDisposedException">The generator was disposed.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public long Next()
    {
        if (!_begun) SeamErrors.ThrowNothing("write a token");
        long token = _sampler.Draw(_logits);
        Append(token);
        return token;
    }

    /// <summary>Draws as many tokens as there is room for and appends them.</summary>
    /// <param name="tokens">Receives them.</param>
    /// <inheritdoc cref="Next" path="/exception"/>
    public void Write(Span<long> tokens)
    {
        for (int i = 0; i < tokens.Length; i++) tokens[i] = Next();
    }

    /// <summary>Frees the memory of the passes and what is kept. The model is not disposed.</summary>
    public void Dispose()
    {
        _begun = false;
        _model.Dispose();
        _steps.Dispose();
    }

    /// <summary>The model on one token, at the position that the text has reached.</summary>
    private Tensor Step(ReadOnlySpan<Tensor> inputs) => _steps.Run(inputs[0], _isLimited ? _count : 0);

    private void Begin(ReadOnlySpan<long> tokens)
    {
        _begun = false;
        _count = 0;
        _steps.Reset();
        foreach (long token in tokens) Pass(token);
        _begun = true;
    }

    private void Append(long token)
    {
        if (_isLimited && _count == _tokens.Length) Begin(_tokens.AsSpan(_count - (_count / 2)));
        _begun = false;
        Pass(token);
        _begun = true;
    }

    /// <summary>Reads one token; what layers keep is only certain again when the whole call has come to its end.</summary>
    private void Pass(long token)
    {
        _model.Run<long, float>([token], new Shape(1, 1), _logits);
        if (_isLimited) _tokens[_count] = token;
        if (_count < int.MaxValue) _count++;
    }

    private void Check(long token, int position)
    {
        if ((ulong)token >= (ulong)_logits.Length) SeamErrors.ThrowToken(token, position, _logits.Length);
    }
}
