using System.Text.RegularExpressions;

namespace Workspaces.Tests;

/// <summary>The style of the house, as far as a test can hold it: arrows between layers, sizes of files and methods, links in pages.</summary>
public sealed partial class TidyTests
{
    private const int LongestFile = 400;
    private const int LongestMethod = 70;
    private const int LongestLine = 180;

    /// <summary>Folders of src/Workspaces and what each may use. Kernels see only spans; tensors may call kernels.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Kernels"] = [],
        ["Tensors"] = ["Kernels"],
        ["Autograd"] = ["Tensors", "Kernels"],
        ["Ops"] = ["Autograd", "Tensors", "Kernels"],
        ["IO"] = ["Ops", "Autograd", "Tensors", "Kernels"],
        ["Data"] = ["IO", "Ops", "Autograd", "Tensors", "Kernels"],
        ["NN"] = ["Ops", "Autograd", "Tensors", "Kernels"],
        ["Optim"] = ["Ops", "Autograd", "Tensors", "Kernels"],
        ["Diagnostics"] = ["Data", "IO", "NN", "Optim", "Ops", "Autograd", "Tensors", "Kernels"],
        ["Train"] = ["Diagnostics", "Data", "IO", "NN", "Optim", "Ops", "Autograd", "Tensors", "Kernels"],
        ["Seams"] = ["Train", "Diagnostics", "Data", "IO", "NN", "Optim", "Ops", "Autograd", "Tensors", "Kernels"],
    };

    /// <summary>Projects and what each may reference.</summary>
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Workspaces.Analyzers"] = [],
        ["Workspaces.Analyzers.CodeFixes"] = ["Workspaces.Analyzers"],
        ["Workspaces.Memory"] = ["Workspaces.Analyzers.CodeFixes"], // which travels in its package; the program itself never loads it
        ["Workspaces"] = ["Workspaces.Memory"],
        ["Workspaces.Hosting"] = ["Workspaces"],
        ["Workspaces.Interop"] = ["Workspaces"],
        ["Workspaces.Cli"] = ["Workspaces.Hosting"],
        ["Workspaces.Testing"] = ["Workspaces.Memory"],
    };

    private static string Root => TestFolders.Root;

    public static TheoryData<string> Folders => [.. Arrows.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Arrows_between_layers_point_one_way(string folder)
    {
        var wrong = new List<string>();
        foreach (string file in SourceFiles(Path.Combine(Root, "src", "Workspaces", folder)))
        {
            foreach (Match use in UseOfLayer().Matches(File.ReadAllText(file)))
            {
                string used = use.Groups["layer"].Value;
                if (used != folder && Arrows.ContainsKey(used) && !Arrows[folder].Contains(used)) wrong.Add($"{Relative(file)} uses {used}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_of_the_library_has_its_arrows_written_down()
    {
        IEnumerable<string> folders = Directory.GetDirectories(Path.Combine(Root, "src", "Workspaces")).Select(Path.GetFileName).OfType<string>();
        Assert.Empty(folders.Except(Arrows.Keys).Except(["bin", "obj", "build"]));
    }

    [Fact]
    public void Projects_reference_only_what_lies_below_them()
    {
        foreach (string project in Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            IEnumerable<string> references = ProjectReference().Matches(File.ReadAllText(project)).Select(match => Path.GetFileNameWithoutExtension(match.Groups["path"].Value));
            Assert.True(Projects.TryGetValue(name, out string[]? allowed), $"{name} has no arrows written down");
            Assert.Empty(references.Except(allowed));
        }
    }

    /// <summary>A project that only other projects name is built by the solution's build in Debug, where the tests do not look for it. The mutation tools are run by their script.</summary>
    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Root, "Workspaces.sln")).Replace('\\', '/');
        IEnumerable<string> missing = new[] { "src", "tests", "examples" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Where(IsOurs)
            .Select(Relative)
            .Where(project => !project.StartsWith("tests/mutation/", StringComparison.Ordinal) && !solution.Contains($"\"{project}\"", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [Fact]
    public void The_memory_core_depends_on_the_base_class_library_only() =>
        Assert.DoesNotContain("PackageReference", File.ReadAllText(Path.Combine(Root, "src", "Workspaces.Memory", "Workspaces.Memory.csproj")), StringComparison.Ordinal);

    [Fact]
    public void Kernels_know_no_tensors_and_no_workspaces()
    {
        IEnumerable<string> wrong = SourceFiles(Path.Combine(Root, "src", "Workspaces", "Kernels"))
            .Where(file => File.ReadAllText(file).Contains("using Workspaces.Memory", StringComparison.Ordinal))
            .Select(Relative);
        Assert.Empty(wrong);
    }

    /// <summary>That namespace has a Tensor of its own, so it stays where kernels or seams need it.</summary>
    [Fact]
    public void Only_kernels_and_seams_use_the_tensors_of_the_base_library()
    {
        IEnumerable<string> wrong = AllSources("src")
            .Where(file => File.ReadAllText(file).Contains("System.Numerics.Tensors", StringComparison.Ordinal))
            .Select(Relative)
            .Where(file => !file.StartsWith("src/Workspaces/Kernels/", StringComparison.Ordinal) && !file.StartsWith("src/Workspaces/Seams/", StringComparison.Ordinal))
            .Where(file => !file.StartsWith("src/Workspaces.Analyzers/", StringComparison.Ordinal)); // they name types of users' code
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_root_namespace_holds_no_types() =>
        Assert.Empty(AllSources("src").Where(file => RootNamespace().IsMatch(File.ReadAllText(file))).Select(Relative));

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Assert.Empty(AllSources("src", "tests", "examples").Where(file => File.ReadLines(file).Count() > LongestFile).Select(Relative));

    [Fact]
    public void No_line_is_longer_than_180_characters() =>
        Assert.Empty(AllSources("src").Where(file => File.ReadLines(file).Any(line => line.Length > LongestLine)).Select(Relative));

    [Fact]
    public void No_method_is_longer_than_70_lines()
    {
        var wrong = new List<string>();
        foreach (string file in AllSources("src")) wrong.AddRange(LongBodies(file));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Sources_carry_no_leftovers() =>
        Assert.Empty(AllSources("src").Where(file => Leftover().IsMatch(File.ReadAllText(file))).Select(Relative));

    /// <summary>docs/decisions/0007-monitors.md: a Lock makes managed objects when somebody waits for it for the first time.</summary>
    [Fact]
    public void Threads_wait_for_monitors() =>
        Assert.Empty(AllSources("src").Where(static file => LockType().IsMatch(File.ReadAllText(file))).Select(Relative));

    /// <summary>What is only kept out of tiers is still inlined into callers that are compiled with a profile, and then has too few registers.</summary>
    [Fact]
    public void Inner_loops_are_compiled_as_methods_of_their_own() =>
        Assert.Equal(
            "src/Workspaces/Kernels/KernelMethod.cs",
            Assert.Single(AllSources("src").Where(static file => File.ReadAllText(file).Contains("AggressiveOptimization", StringComparison.Ordinal)).Select(Relative)));

    [Fact]
    public void Unsafe_code_stays_in_arenas_allocators_and_kernels()
    {
        string[] allowed = ["Arenas", "Allocators", "Kernels", "Passes", "Persistent", "Scratch", "Seams"];
        string[] files = ["TensorMemory.cs", "Block.cs"];
        IEnumerable<string> wrong = AllSources("src")
            .Where(file => Unsafe().IsMatch(File.ReadAllText(file)))
            .Where(file => !files.Contains(Path.GetFileName(file)) && !Relative(file).Split('/').Intersect(allowed).Any())
            .Select(Relative);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        var broken = new List<string>();
        foreach (string page in Directory.GetFiles(Root, "*.md", SearchOption.AllDirectories).Where(IsOurs))
        {
            foreach (Match link in MarkdownLink().Matches(File.ReadAllText(page)))
            {
                string target = link.Groups["target"].Value.Split('#')[0];
                if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal)) continue;
                string path = Path.GetFullPath(target, Path.GetDirectoryName(page)!);
                if (!File.Exists(path) && !Directory.Exists(path)) broken.Add($"{Relative(page)} → {target}");
            }
        }

        Assert.Empty(broken);
    }

    private static IEnumerable<string> LongBodies(string file)
    {
        string[] lines = File.ReadAllLines(file);
        int begin = -1;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] == "    {") begin = i;
            if (lines[i] != "    }" || begin < 0) continue;
            if (i - begin - 1 > LongestMethod && !TypeHead().IsMatch(lines[Math.Max(0, begin - 1)])) yield return $"{Relative(file)}:{begin + 1} has {i - begin - 1} lines";
            begin = -1;
        }
    }

    private static IEnumerable<string> AllSources(params string[] folders) => folders.SelectMany(folder => SourceFiles(Path.Combine(Root, folder)));

    private static IEnumerable<string> SourceFiles(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Where(IsOurs) : [];

    private static bool IsOurs(string file) => !Relative(file).Split('/').Intersect(["bin", "obj", "TestResults"]).Any();

    private static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    [GeneratedRegex(@"\bWorkspaces\.(?<layer>[A-Z]\w+)")]
    private static partial Regex UseOfLayer();

    [GeneratedRegex("ProjectReference Include=\"(?<path>[^\"]+)\"")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"^namespace Workspaces;", RegexOptions.Multiline)]
    private static partial Regex RootNamespace();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b|#pragma warning disable|SuppressMessage")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"^[^/]*\bunsafe\b", RegexOptions.Multiline)]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"\b(class|struct|interface|extension|record)\b")]
    private static partial Regex TypeHead();

    [GeneratedRegex(@"\bLock _|\bnew Lock\(|ManualResetEventSlim|AutoResetEvent")]
    private static partial Regex LockType();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex MarkdownLink();
}
