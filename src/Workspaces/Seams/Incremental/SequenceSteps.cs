using Workspaces.Memory;
using Workspaces.NN;

namespace Workspaces.Seams.Incremental;

/// <summary>Takes a model apart into steps.</summary>
internal static class SequenceSteps
{
    /// <summary>The steps of a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="window">Positions to keep room for.</param>
    /// <exception cref="NotSupportedException">A layer sees later positions, or is not known to work position by position.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The window is longer than a positional embedding.</exception>
    internal static SequenceStep Of(Module module, int window)
    {
        switch (module)
        {
            case Sequential chain: return Chain(chain, window);
            case Residual residual: return new ResidualStep(Of(residual.Inner, window));
            case PositionalEmbedding positions:
                CheckLength(positions, positions.Length, window);
                return new PositionStep(positions.Weight.Value);
            case SinusoidalEmbedding sines:
                CheckLength(sines, sines.Length, window);
                return new PositionStep(sines.Table);
            case TransformerBlock { Attention.IsCausal: true } block: return new BlockStep(block, window);
            case MultiHeadAttention { IsCausal: true } attention: return new AttentionStep(attention, window);
            case Recurrent { Bidirectional: false, BatchFirst: true } recurrent: return new RecurrentStep(recurrent);
            case not null when PointwiseStep.Fits(module): return new PointwiseStep(module);
            default:
                throw new NotSupportedException(WorkspaceException.Compose(
                    $"run {module} position by position", nameof(IncrementalGenerator),
                    "it may see later positions, or is none of the layers that are known to be independent of them",
                    "use a TokenGenerator, which runs any causal model over its whole window"));
        }
    }

    private static ChainStep Chain(Sequential chain, int window)
    {
        var steps = new List<SequenceStep>(chain.Count);
        try
        {
            foreach (Module module in chain) steps.Add(Of(module, window));
        }
        catch
        {
            foreach (SequenceStep step in steps) step.Dispose();
            throw;
        }

        return new ChainStep([.. steps]);
    }

    private static void CheckLength(Module module, long length, int window)
    {
        if (window <= length) return;
        throw new ArgumentOutOfRangeException(nameof(window), WorkspaceException.Compose(
            $"read a window of {window} tokens", nameof(IncrementalGenerator), $"{module} has {length} positions", $"give a window of at most {length}"));
    }
}
