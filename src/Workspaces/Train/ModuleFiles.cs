using Workspaces.IO;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Tensors;

namespace Workspaces.Train;

/// <summary>Modules to and from safetensors files, with the names and layouts of PyTorch.</summary>
public static class ModuleFiles
{
    extension(Module module)
    {
        /// <summary>Writes all parameters and buffers; the file is replaced as a whole.</summary>
        /// <param name="path">The file to make or replace.</param>
        /// <param name="metadata">Texts to put in, or null.</param>
        /// <exception cref="IOException">The system refuses; the old file is as it was.</exception>
        public void SaveState(string path, IReadOnlyDictionary<string, string>? metadata = null) => Safetensors.Save(path, module.StateDict(), metadata);

        /// <summary>
        /// Reads parameters and buffers by name. Everything is checked before anything is written, so a refused file leaves the module as it was. Float types
        /// are converted into each other.
        /// </summary>
        /// <param name="file">The file; stays open.</param>
        /// <param name="strict">Whether the names must be the same on both sides; else what is missing keeps its values and what is unexpected is passed over.</param>
        /// <returns>Names on one side only.</returns>
        /// <exception cref="InvalidDataException">Names differ and <paramref name="strict"/> is set, or a shape or type differs; the message lists them.</exception>
        public StateReport LoadState(SafetensorsFile file, bool strict = true)
        {
            ArgumentNullException.ThrowIfNull(file);
            IReadOnlyList<(string Name, Tensor Value)> state = module.StateDict();
            StateReport report = Compare(state, file);
            List<string> problems = Differences(state, file);
            if (strict && report.Missing.Count > 0) problems.Add($"missing in the file: {Some(report.Missing)}");
            if (strict && report.Unexpected.Count > 0) problems.Add($"unexpected in the file: {Some(report.Unexpected)}");
            if (problems.Count > 0)
                throw new InvalidDataException(WorkspaceException.Compose(
                    $"load '{file.Path}' into {module.Name}", nameof(LoadState), string.Join("; ", problems),
                    strict ? "give the file of this model, or strict: false to load what both sides have" : "give the file of this model"));
            foreach ((string name, Tensor value) in state)
            {
                if (file.Contains(name)) file.CopyTo(name, value);
            }

            return report;
        }

        /// <inheritdoc cref="LoadState(Module, SafetensorsFile, bool)"/>
        /// <param name="path">The file.</param>
        /// <param name="strict">As above.</param>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        public StateReport LoadState(string path, bool strict = true)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return module.LoadState(file, strict);
        }
    }

    private static StateReport Compare(IReadOnlyList<(string Name, Tensor Value)> state, SafetensorsFile file)
    {
        var missing = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, _) in state)
        {
            known.Add(name);
            if (!file.Contains(name)) missing.Add(name);
        }

        var unexpected = new List<string>();
        foreach (SafetensorsEntry entry in file.Tensors)
        {
            if (!known.Contains(entry.Name)) unexpected.Add(entry.Name);
        }

        return new StateReport(missing, unexpected);
    }

    private static List<string> Differences(IReadOnlyList<(string Name, Tensor Value)> state, SafetensorsFile file)
    {
        var problems = new List<string>();
        foreach ((string name, Tensor value) in state)
        {
            if (!file.Contains(name)) continue;
            SafetensorsEntry entry = file[name];
            if (entry.Shape != value.Shape) problems.Add($"{name} has the shape {entry.Shape} in the file and {value.Shape} in the model");
            else if (!SafetensorsFile.CanBecome(entry, value.DType)) problems.Add($"{name} is {entry.Type} in the file and {value.DType} in the model");
        }

        return problems;
    }

    private static string Some(IReadOnlyList<string> names)
    {
        const int most = 12;
        string first = string.Join(", ", names.Take(most));
        return names.Count <= most ? first : $"{first} and {names.Count - most} more";
    }
}
