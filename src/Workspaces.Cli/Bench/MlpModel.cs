using Workspaces.NN;

namespace Workspaces.Cli.Bench;

/// <summary>The measured perceptrons: linear layers with ReLU between them.</summary>
internal static class MlpModel
{
    internal static Sequential Create(ReadOnlySpan<int> sizes)
    {
        List<Module> layers = [];
        for (int i = 0; i + 1 < sizes.Length; i++)
        {
            if (i > 0) layers.Add(new ReLU());
            layers.Add(new Linear(sizes[i], sizes[i + 1]));
        }

        return new Sequential([.. layers]);
    }
}
