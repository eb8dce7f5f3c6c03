using Workspaces.NN;

namespace Workspaces.Cli.Bench;

/// <summary>The measured sequence models.</summary>
internal static class SequenceModels
{
    internal const int Vocabulary = 65;
    internal const int Width = 256;

    /// <summary>Embedding, one LSTM, and a linear layer on every position.</summary>
    internal static Module Lstm() => new Sequential(new Embedding(Vocabulary, Width), new LSTM(Width, Width), new Linear(Width, Vocabulary));

    /// <summary>Tokens and learned positions, 4 pre-norm blocks of 4 causal heads, a final norm, a head without bias.</summary>
    internal static Module Gpt() => new Sequential(
        new Embedding(Vocabulary, Width), new PositionalEmbedding(128, Width), Block(), Block(), Block(), Block(), new LayerNorm(Width),
        new Linear(Width, Vocabulary, bias: false));

    private static TransformerBlock Block() => new(Width, heads: 4);
}
