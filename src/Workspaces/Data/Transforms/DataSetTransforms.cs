namespace Workspaces.Data.Transforms;

/// <summary>Puts transforms behind data sets.</summary>
public static class DataSetTransforms
{
    extension(IDataSet dataSet)
    {
        /// <summary>A data set whose samples go through transforms, from the first to the last, each time they are copied.</summary>
        /// <param name="seed">Seed of what is random.</param>
        /// <param name="transforms">The transforms in order.</param>
        /// <returns>The data set; the same one when there are no transforms. Disposing it disposes what it reads.</returns>
        /// <exception cref="ArgumentException">Samples do not have the shape that a transform wants, or they are tokens.</exception>
        public IDataSet Transform(ulong seed, params ReadOnlySpan<IDataTransform> transforms)
        {
            ArgumentNullException.ThrowIfNull(dataSet);
            if (transforms.Length == 0) return dataSet;
            if (dataSet is ITokenDataSet) DataErrors.ThrowTokens("transformed");
            return dataSet is ITargetDataSet targets
                ? new TransformedTargets(targets, transforms.ToArray(), seed)
                : new TransformedDataSet(dataSet, transforms.ToArray(), seed);
        }

        /// <summary>As <see cref="Transform(IDataSet, ulong, ReadOnlySpan{IDataTransform})"/>, with the seed 0.</summary>
        /// <param name="transforms">The transforms in order.</param>
        /// <returns>The data set.</returns>
        public IDataSet Transform(params ReadOnlySpan<IDataTransform> transforms) => dataSet.Transform(0UL, transforms);
    }
}
