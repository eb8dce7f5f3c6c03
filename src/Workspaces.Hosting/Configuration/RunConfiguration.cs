using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>
/// The configuration of one run in layers: <c>appsettings.json</c>, the run's JSON file, environment variables
/// (<c>Workspaces__step__MaxSize</c>), settings of the command line. The later layer wins key by key; elements of lists are keys
/// too, so lists merge by index and a shorter list does not remove the rest of a longer one below it.
/// </summary>
public sealed class RunConfiguration
{
    internal const string AppSettingsName = "appsettings.json";

    /// <summary>Name of the layer that a checkpoint has kept: the program that wrote it has checked it.</summary>
    internal const string CheckpointName = "checkpoint";

    /// <summary>The keys that hold paths.</summary>
    private static readonly string[] PathKeys =
    [
        "Data:Folder", "Data:File", "Data:Labels", "Data:TestFile", "Data:TestLabels", "Training:CheckpointFolder", "Training:History",
        "WorkspaceTop:Socket",
    ];

    private readonly ConfigurationLayer[] _layers;

    private RunConfiguration(ConfigurationLayer[] layers, string? runFile, IReadOnlyList<string> sections, IReadOnlyList<string> workspaces)
    {
        _layers = layers;
        RunFile = runFile is null ? null : Path.GetFullPath(runFile);
        Sections = sections;
        MoreWorkspaces = workspaces;
        var builder = new ConfigurationBuilder();
        foreach (var layer in layers) builder.AddInMemoryCollection(layer.Values);
        Root = builder.Build();
    }

    /// <summary>The sections that every run file may have.</summary>
    public static IReadOnlyList<string> KnownSections { get; } =
        Array.AsReadOnly(["Model", "Loss", "Optimizer", "Data", "Training", "Workspaces", "WorkspaceTop", "Serilog"]);

    /// <summary>All layers together.</summary>
    public IConfiguration Root { get; }

    /// <summary>The layers, lowest first.</summary>
    public IReadOnlyList<ConfigurationLayer> Layers => _layers;

    /// <summary>The full path of the run's file, null when there is none.</summary>
    public string? RunFile { get; }

    /// <summary>The sections that may appear in this run.</summary>
    public IReadOnlyList<string> Sections { get; }

    /// <summary>The folder that relative paths of the run start from: that of the run's file, else the current directory.</summary>
    public string Folder => RunFile is null ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(RunFile)!;

    /// <summary>Workspaces that the run's file may configure besides those of a training run.</summary>
    public IReadOnlyList<string> MoreWorkspaces { get; }

    /// <summary>Reads all layers.</summary>
    /// <param name="sources">Where they come from.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ConfigurationException">
    /// A file is missing or no JSON (with its line), a setting is malformed, or a section is unknown.
    /// </exception>
    public static RunConfiguration Load(RunSources sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var here = Directory.GetCurrentDirectory();

        // Sections in a checkpoint are those of the program that wrote it, and were checked there.
        string[] sections = [.. KnownSections, .. sources.MoreSections, .. SectionsOf(sources.Values?.Keys ?? [])];
        var problems = new List<ConfigurationProblem>();
        var layers = new List<ConfigurationLayer>();
        if ((sources.AppSettings ?? FindAppSettings(here)) is { } settings) layers.Add(JsonLayer.Read(AppSettingsName, settings));
        if (sources.RunFile is not null)
        {
            var run = JsonLayer.Read("run file", sources.RunFile);
            layers.Add(run);
            CheckSections(run, sections, problems);
        }
        if (sources.Values is not null)
            layers.Add(new ConfigurationLayer(CheckpointName, here, new Dictionary<string, string?>(sources.Values, StringComparer.OrdinalIgnoreCase)));
        layers.Add(EnvironmentLayer.Read("environment", here, sources.Environment ?? Environment.GetEnvironmentVariables(), sections));
        var set = SettingLayer.Read("--set", here, sources.Settings, problems);
        layers.Add(set);
        CheckSections(set, sections, problems);
        return problems.Count == 0
            ? new RunConfiguration([.. layers], sources.RunFile, sections, [.. sources.MoreWorkspaces])
            : throw new ConfigurationException(problems);
    }

    /// <summary>Reads all layers of a run file.</summary>
    /// <param name="runFile">The run's JSON file.</param>
    /// <param name="settings">Settings of the command line, each <c>Section:Key=Value</c>.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ConfigurationException">As in <see cref="Load(RunSources)"/>.</exception>
    public static RunConfiguration Load(string? runFile, params IReadOnlyList<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Load(new RunSources { RunFile = runFile, Settings = settings });
    }

    /// <summary>Binds one section strictly.</summary>
    /// <typeparam name="T">The options, as <see cref="StrictBinder"/> takes them.</typeparam>
    /// <param name="section">The section, <c>Training</c>.</param>
    /// <returns>The options; those of a section that is not there are the defaults.</returns>
    /// <exception cref="ConfigurationException">All problems of the section.</exception>
    [RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
    public T GetOptions<T>(string section)
        where T : class, new() => StrictBinder.Read<T>(Root.GetSection(section));

    /// <summary>The name of the layer that a value comes from.</summary>
    /// <param name="key">The full key, in any case.</param>
    /// <returns>Null when it is written nowhere.</returns>
    public string? OriginOf(string key) => LayerOf(key)?.Name;

    /// <summary>A path that was written in the run's file, as a full path.</summary>
    /// <param name="path">The path; a relative one starts from <see cref="Folder"/>.</param>
    /// <returns>The full path, which need not exist.</returns>
    public string ResolvePath(string path) => Path.GetFullPath(path, Folder);

    /// <summary>
    /// The path that stands under a key, as a full path. A relative one starts from the folder of the file that says it, or from the
    /// current directory when it was said in the environment or on the command line.
    /// </summary>
    /// <param name="key">The full key, <c>Data:Folder</c>.</param>
    /// <returns>The full path, which need not exist; null when nothing is written there.</returns>
    public string? GetPath(string key)
    {
        var path = Root[key];
        return string.IsNullOrEmpty(path) ? null : Path.GetFullPath(path, LayerOf(key)?.Folder ?? Folder);
    }

    /// <summary>
    /// All that is written in the run's sections, with full paths, so that another process can make the same run. <c>Serilog</c>, where passwords may be, is left out.
    /// </summary>
    /// <returns>Full keys with their values.</returns>
    public IReadOnlyDictionary<string, string?> Export()
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in Root.AsEnumerable())
        {
            var section = key.Split(':')[0];
            if (value is null || section.Equals("Serilog", StringComparison.OrdinalIgnoreCase)) continue;
            if (!Sections.Contains(section, StringComparer.OrdinalIgnoreCase)) continue;
            values[key] = PathKeys.Contains(key, StringComparer.OrdinalIgnoreCase) ? GetPath(key) : value;
        }
        return values;
    }

    private ConfigurationLayer? LayerOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Array.FindLast(_layers, layer => layer.Values.ContainsKey(key));
    }

    private static string? FindAppSettings(string currentDirectory)
    {
        string[] candidates = [Path.Combine(currentDirectory, AppSettingsName), Path.Combine(AppContext.BaseDirectory, AppSettingsName)];
        return Array.Find(candidates, File.Exists);
    }

    private static IEnumerable<string> SectionsOf(IEnumerable<string> keys) =>
        keys.Select(static key => key.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Not for appsettings.json: that file is shared, and other sections in it belong to others.</summary>
    private static void CheckSections(ConfigurationLayer layer, string[] sections, List<ConfigurationProblem> problems)
    {
        foreach (var section in SectionsOf(layer.Values.Keys).Except(sections, StringComparer.OrdinalIgnoreCase))
            problems.Add(new ConfigurationProblem(
                section, $"the section '{section}' ({layer.Name})", "there is no such section", Suggestion.For(section, sections)));
    }
}
