using System.Diagnostics.CodeAnalysis;
using Workspaces.Data;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Composition;

/// <summary>Reads the four IDX files of an MNIST-like folder, or their heads where shapes suffice.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class IdxSplits
{
    internal static DataSplits Load(DataOptions options, ComponentContext context)
    {
        string key = $"{context.Path}:{nameof(DataOptions.Folder)}";
        if (string.IsNullOrEmpty(options.Folder))
            throw new ConfigurationException(
                [new ConfigurationProblem(key, "read IDX files", "no folder is written", "Write the folder of the four files, relative to the run file")]);
        string folder = context.Run?.GetPath(key) ?? Path.GetFullPath(options.Folder);
        if (context.ShapesOnly) return new DataSplits(MnistDataSet.LoadShape(folder, DataSplit.Train), MnistDataSet.LoadShape(folder, DataSplit.Test));
        var scaling = new PixelScaling((float)options.PixelMean, (float)options.PixelDeviation);
        return new DataSplits(MnistDataSet.Load(folder, DataSplit.Train, scaling), MnistDataSet.Load(folder, DataSplit.Test, scaling));
    }
}
