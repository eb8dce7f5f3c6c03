using System.Diagnostics.CodeAnalysis;
using Workspaces.Hosting.Configuration;
using Workspaces.NN;

namespace Workspaces.Hosting.Composition;

/// <summary>Layers of sequence models, and text, that a run file can name. Batches come first in all of them.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class SequenceComponents
{
    internal static void Register(Components components)
    {
        components.Layers
            .Register<EmbeddingOptions>("Embedding", static (options, _) => new Embedding(
                options.Count, options.Width, options.PaddingIndex, initializer: options.Initializer?.Make()))
            .Register<LearnedPositionOptions>("PositionalEmbedding", static (options, _) => new PositionalEmbedding(
                options.Length, options.Width, initializer: options.Initializer?.Make()))
            .Register<PositionOptions>("SinusoidalEmbedding", static (options, _) => new SinusoidalEmbedding(options.Length, options.Width))
            .Register<LayerNormOptions>("LayerNorm", static (options, _) => new LayerNorm(options.Width, options.Epsilon, options.Affine, options.Bias))
            .Register<RmsNormOptions>("RMSNorm", static (options, _) => new RMSNorm(options.Width, options.Epsilon, options.Affine))
            .Register<AttentionOptions>(
                "MultiHeadAttention", static (options, _) => new MultiHeadAttention(
                    options.Width, options.Heads, options.Causal, options.Bias, options.Dropout))
            .Register<TransformerOptions>("TransformerBlock", static (options, _) => new TransformerBlock(
                options.Width, options.Heads, options.Hidden == 0 ? null : options.Hidden, options.Causal, options.Dropout))
            .Register<RecurrentLayerOptions>("LSTM", static (options, _) => new LSTM(options.InputSize, options.HiddenSize, Of(options)))
            .Register<RecurrentLayerOptions>("GRU", static (options, _) => new GRU(options.InputSize, options.HiddenSize, Of(options)))
            .Register<RnnLayerOptions>("RNN", static (options, _) => new RNN(options.InputSize, options.HiddenSize, options.Relu, Of(options)));
        components.DataSets.Register<DataOptions>("Text", static (options, context) => TextSplits.Load(options, context));
    }

    private static RecurrentOptions Of(RecurrentLayerOptions options) => new()
    {
        Layers = options.Layers,
        Bidirectional = options.Bidirectional,
        Bias = options.Bias,
        Dropout = options.Dropout,
        WeightInitializer = options.Initializer?.Make(),
        HiddenInitializer = options.HiddenInitializer?.Make(),
        BiasInitializer = options.BiasInitializer?.Make(),
    };
}
