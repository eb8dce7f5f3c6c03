namespace Workspaces.Data;

/// <summary>Copies whole batches out of any <see cref="IDataSet"/>.</summary>
public static class DataSetBatches
{
    extension(IDataSet dataSet)
    {
        /// <summary>Copies the samples <paramref name="indices"/> one after the other.</summary>
        /// <param name="indices">The samples of the batch, in order.</param>
        /// <param name="features">Receives indices × <see cref="IDataSet.FeatureCount"/> values, row-major.</param>
        /// <param name="labels">Receives one class a sample.</param>
        /// <exception cref="ArgumentException">A destination's length is not that of the batch.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is not a sample.</exception>
        public void CopyBatch(ReadOnlySpan<int> indices, Span<float> features, Span<long> labels)
        {
            ArgumentNullException.ThrowIfNull(dataSet);
            var size = dataSet.FeatureCount;
            if (features.Length != (long)indices.Length * size || labels.Length != indices.Length)
                DataErrors.ThrowBatchLength(dataSet, indices.Length, features.Length, labels.Length);
            for (var i = 0; i < indices.Length; i++)
                dataSet.CopySample(indices[i], features.Slice(i * size, size), out labels[i]);
        }
    }
}
