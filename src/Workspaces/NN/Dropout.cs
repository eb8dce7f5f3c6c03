using System.Globalization;
using Workspaces.Autograd;
using Workspaces.Kernels.Random;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// While training, sets elements to 0 with a probability and scales the others by 1 / (1 - probability); in evaluation it returns its input
/// (Srivastava and others 2014). Mask number k of a seed is always the same, whatever the number of threads.
/// </summary>
public sealed class Dropout : Module, IRandomModule
{
    private long _masks;
    private ulong _seed;

    /// <summary>Makes the layer.</summary>
    /// <param name="probability">Of dropping an element, 0 to 1.</param>
    /// <param name="seed">Of the masks; null for one that differs from layer to layer and run to run. See also <see cref="Module.Initialize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range.</exception>
    public Dropout(double probability = 0.5, ulong? seed = null)
    {
        Probability = NNErrors.Probability(probability, nameof(Dropout), nameof(probability));
        _seed = seed ?? DerivedSeed.Fresh();
    }

    /// <summary>Probability that an element is dropped.</summary>
    public double Probability { get; }

    /// <summary>The seed of the masks.</summary>
    public ulong Seed => _seed;

    /// <summary>Number of masks drawn so far, which is the number of the next one; <see cref="IRandomModule.Restore"/> sets it.</summary>
    public long MaskCount
    {
        get => Interlocked.Read(ref _masks);
        internal set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            Interlocked.Exchange(ref _masks, value);
        }
    }

    long IRandomModule.Draws => MaskCount;

    void IRandomModule.Restore(ulong seed, long draws)
    {
        MaskCount = draws;
        _seed = seed;
    }

    /// <summary>Drops elements while training.</summary>
    /// <param name="input">Any shape of a float type.</param>
    /// <returns>A new tensor; the input itself in evaluation or with probability 0.</returns>
    public override Tensor Forward(Tensor input)
    {
        if (!IsTraining || Probability == 0) return input;
        return input.Dropout(Probability, _seed, (ulong)RandomDraws.Next(ref _masks));
    }

    /// <summary>The next mask, for an op that applies it itself; one that drops nothing in evaluation or with probability 0.</summary>
    internal DropoutDraw Draw() => IsTraining && Probability > 0 ? new(Probability, _seed, (ulong)RandomDraws.Next(ref _masks)) : default;

    /// <inheritdoc/>
    protected internal override string Describe() => string.Create(CultureInfo.InvariantCulture, $"Dropout({Probability})");

    /// <inheritdoc/>
    protected override void Reseed(ulong seed)
    {
        _seed = seed;
        MaskCount = 0;
    }
}
