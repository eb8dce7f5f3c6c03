using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Workspaces.Mutation;

/// <summary>Builds an assembly with all its mutants inside; those that do not compile are taken out until the rest does.</summary>
/// <param name="source">The project's folder.</param>
/// <param name="name">The assembly's name.</param>
/// <param name="references">Assemblies that it needs.</param>
internal sealed class MutantBuild(string source, string name, string[] references)
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14, DocumentationMode.None, preprocessorSymbols: ["NET", "NET10_0", "NET10_0_OR_GREATER", "RELEASE"]);
    private readonly HashSet<int> _dropped = [];

    /// <summary>Writes the assembly.</summary>
    /// <returns>The mutants inside.</returns>
    internal List<Mutant> Emit(Func<string, bool> isMutated, string path)
    {
        while (true)
        {
            var mutants = new List<Mutant>();
            CSharpCompilation compilation = Generated(Compile(isMutated, mutants));
            Diagnostic[] errors = [.. compilation.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error)];
            if (errors.Length == 0)
            {
                using FileStream file = File.Create(path);
                if (compilation.Emit(file) is { Success: false } failed) throw new InvalidOperationException($"The mutants do not compile: {failed.Diagnostics[0]}");
                return mutants;
            }

            int before = _dropped.Count;
            foreach (Diagnostic error in errors) Drop(error);
            if (_dropped.Count == before) throw new InvalidOperationException($"The source does not compile without mutants either: {errors[0]}");
            Console.WriteLine($"{_dropped.Count} mutants that do not compile are left out");
        }
    }

    private CSharpCompilation Compile(Func<string, bool> isMutated, List<Mutant> mutants)
    {
        var trees = new List<SyntaxTree>();
        int next = 1;
        foreach (string path in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string file = Path.GetRelativePath(source, path).Replace('\\', '/');
            bool isMade = file.StartsWith("obj/Release/net10.0/", StringComparison.Ordinal) && file.Count(static c => c == '/') == 3;
            if (file.StartsWith("bin/", StringComparison.Ordinal) || (file.StartsWith("obj/", StringComparison.Ordinal) && !isMade)) continue;
            SyntaxNode root = CSharpSyntaxTree.ParseText(File.ReadAllText(path), Parsing).GetRoot();
            if (!isMade && isMutated(file))
            {
                var rewriter = new Mutations(file, next, _dropped);
                root = rewriter.Visit(root);
                next = rewriter.NextId;
                mutants.AddRange(rewriter.Mutants);
            }

            trees.Add(CSharpSyntaxTree.Create((CSharpSyntaxNode)root, Parsing, path, System.Text.Encoding.UTF8));
        }

        trees.Add(CSharpSyntaxTree.ParseText(Switch(next), Parsing, "MutationSwitch.cs", System.Text.Encoding.UTF8));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        return CSharpCompilation.Create(name, trees, references.Select(static r => MetadataReference.CreateFromFile(r)), options);
    }

    private static string Switch(int count) => $$"""
        internal static class MutationSwitch
        {
            public static int Active;
            public static readonly bool[] Hits = new bool[{{count}}];
            public static bool Is(int id)
            {
                Hits[id] = true;
                return Active == id;
            }
        }
        """;

    /// <summary>Calls of the system and readers of JSON are written by generators that ship with the framework's reference assemblies.</summary>
    private static CSharpCompilation Generated(CSharpCompilation compilation)
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../../packs/Microsoft.NETCore.App.Ref"));
        string folder = Path.Combine(Directory.GetDirectories(root, "10.*").Order(StringComparer.Ordinal).Last(), "analyzers/dotnet/cs");
        string[] files = ["Microsoft.Interop.LibraryImportGenerator.dll", "System.Text.Json.SourceGeneration.dll"];
        IEnumerable<ISourceGenerator> generators = files.SelectMany(file => new AnalyzerFileReference(Path.Combine(folder, file), new Loader()).GetGenerators(LanguageNames.CSharp));
        CSharpGeneratorDriver.Create(generators, parseOptions: Parsing).RunGeneratorsAndUpdateCompilation(compilation, out Compilation whole, out _);
        return (CSharpCompilation)whole;
    }

    /// <summary>Takes out the mutant that an error lies in, else those inside what it marks, else those of the whole member.</summary>
    private void Drop(Diagnostic error)
    {
        if (error.Location.SourceTree is not { } tree) return;
        SyntaxNode node = tree.GetRoot().FindNode(error.Location.SourceSpan, getInnermostNodeForTie: true);
        SyntaxNode? inside = node.AncestorsAndSelf().FirstOrDefault(static n => n.HasAnnotations(Mutations.Mark));
        SyntaxNode member = node.AncestorsAndSelf().FirstOrDefault(static n => n is StatementSyntax or EqualsValueClauseSyntax) ?? node;
        SyntaxNode whole = node.AncestorsAndSelf().FirstOrDefault(static n => n is MemberDeclarationSyntax) ?? node;
        foreach (SyntaxNode place in (SyntaxNode[])[.. inside is null ? [] : (SyntaxNode[])[inside], member, whole])
        {
            IEnumerable<SyntaxNode> marked = ReferenceEquals(place, inside) ? [place] : place.DescendantNodesAndSelf().Where(static n => n.HasAnnotations(Mutations.Mark));
            int[] ids = [.. marked.SelectMany(static n => n.GetAnnotations(Mutations.Mark)).Select(static a => int.Parse(a.Data!, System.Globalization.CultureInfo.InvariantCulture))];
            if (ids.Length == 0) continue;
            _dropped.UnionWith(ids);
            return;
        }
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
