namespace Workspaces.Data;

/// <summary>Some samples of another data set, labelled with numbers.</summary>
internal sealed class TargetSubset(ITargetDataSet whole, int[] indices, string name) : SampleSubset(whole, indices, name), ITargetDataSet
{
    public int TargetCount => whole.TargetCount;

    public void CopySample(int index, Span<float> features, Span<float> targets) => whole.CopySample(Whole(index), features, targets);
}
