using System.Diagnostics.CodeAnalysis;
using Workspaces.Data;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Composition;

/// <summary>Reads a text and keeps its end aside.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class TextSplits
{
    internal static DataSplits Load(DataOptions options, ComponentContext context)
    {
        string key = $"{context.Path}:{nameof(DataOptions.File)}";
        if (string.IsNullOrEmpty(options.File))
            throw new ConfigurationException([new ConfigurationProblem(key, "read a text", "no file is written", "Write the file, relative to the run file")]);
        string path = context.Run?.GetPath(key) ?? Path.GetFullPath(options.File);
        (TextDataSet train, TextDataSet? validation) = TextDataSet.Load(path, options.Length, options.ValidationFraction);
        return new DataSplits(train, validation);
    }
}
