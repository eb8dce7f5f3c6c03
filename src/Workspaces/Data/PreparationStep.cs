using Workspaces.Data.Transforms;
using Workspaces.Memory;

namespace Workspaces.Data;

/// <summary>One transform of a <see cref="SamplePreparation"/>.</summary>
/// <param name="Transform">What it does.</param>
/// <param name="Position">Its place among all transforms of the training data.</param>
/// <param name="Seed">Seed of its random numbers.</param>
/// <param name="Draw">How many are drawn for a sample before its own.</param>
internal readonly record struct PreparationStep(IDataTransform Transform, int Position, ulong Seed, int Draw)
{
    /// <summary>The number that <see cref="TransformedDataSet"/> draws for a sample in the first epoch.</summary>
    internal ulong DrawFor(int sample)
    {
        SplitMix64 random = SplitMix64.ForEpoch(Seed ^ ((ulong)(uint)sample << 32), 0);
        for (int i = 0; i < Draw; i++) random.Next();
        return random.Next();
    }

    /// <summary>As it is written to a checkpoint; of a class that is not known here only its name.</summary>
    internal TransformState ToState()
    {
        (int[] whole, float[] mean, float[] deviation) = Transform switch
        {
            Normalize normalize => ([], normalize.Mean.ToArray(), normalize.Deviation.ToArray()),
            OneHot spread => ([spread.Column, spread.Values], [], []),
            RandomCrop crop => ([crop.Rows, crop.Columns, crop.Padding], [], []),
            _ => (Array.Empty<int>(), Array.Empty<float>(), Array.Empty<float>()),
        };
        return new TransformState(Transform.GetType().Name, Position, Seed, Draw, whole, mean, deviation);
    }

    /// <summary>Makes the transform again.</summary>
    /// <param name="state">As it was written.</param>
    /// <param name="shape">Shape of the samples that come to it.</param>
    /// <param name="custom">Makes those of classes that are not known here.</param>
    internal static PreparationStep Of(TransformState state, long[] shape, Func<int, IReadOnlyList<long>, IDataTransform>? custom) => new(
        (state.Kind, state.Whole) switch
        {
            (nameof(Normalize), _) => new Normalize(state.Mean, state.Deviation),
            (nameof(OneHot), [var column, var values]) => new OneHot(column, values),
            (nameof(RandomCrop), [var rows, var columns, var padding]) => new RandomCrop(rows, columns, padding),
            (nameof(Flatten), _) => new Flatten(),
            _ => custom?.Invoke(state.Position, shape) ?? throw new InvalidDataException(WorkspaceException.Compose(
                $"make transform {state.Position} of the training data again", nameof(SamplePreparation), $"its class {Shown(state.Kind)} is the program's own",
                "make it in code, or give samples that are prepared already")),
        }, state.Position, state.Seed, state.Draw);

    private static string Shown(string kind) => kind.Length > 100 ? kind[..100] + "…" : kind;
}
