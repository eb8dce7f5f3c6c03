namespace Workspaces.Data;

/// <summary>A data set whose samples differ from epoch to epoch, as with random transforms. A loader tells it which one begins, while nobody reads.</summary>
public interface IEpochDataSet : IDataSet
{
    /// <summary>From now on the samples are those of an epoch.</summary>
    /// <param name="epoch">Any number from 0; the same one gives the same samples.</param>
    void BeginEpoch(int epoch);
}
