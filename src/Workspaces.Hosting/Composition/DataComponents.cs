using System.Diagnostics.CodeAnalysis;
using Workspaces.Data.Transforms;
using Workspaces.Hosting.Configuration;

namespace Workspaces.Hosting.Composition;

/// <summary>Tables and arrays as data, and transforms, by their names in a run file.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class DataComponents
{
    internal static void Register(Components components)
    {
        components.DataSets
            .Register<DataOptions>("Csv", static (options, context) => TableSplits.LoadCsv(options, context))
            .Register<DataOptions>("Npy", static (options, context) => TableSplits.LoadNpy(options, context));
        components.Transforms
            .Register<NormalizeOptions>("Normalize", static (options, _) =>
            {
                var transform = new Normalize(Array.ConvertAll(options.Mean!, static mean => (float)mean), Array.ConvertAll(options.Deviation!, static spread => (float)spread));
                return _ => transform;
            })
            .Register<NoOptions>("Standardize", static (_, context) => training => context.ShapesOnly ? null : Normalize.StandardizeBy(training))
            .Register<NoOptions>("Flatten", static (_, _) => static _ => new Flatten())
            .Register<OneHotOptions>("OneHot", static (options, _) =>
            {
                var transform = new OneHot(options.Column, options.Values);
                return _ => transform;
            })
            .Register<CropOptions>("RandomCrop", static (options, _) =>
            {
                var transform = new RandomCrop(options.Rows, options.Columns, options.Padding);
                return _ => transform;
            })
            .Register<FlipOptions>("RandomFlip", static (options, _) =>
            {
                var transform = new RandomFlip(options.Probability, options.Vertical);
                return _ => transform;
            });
    }
}
