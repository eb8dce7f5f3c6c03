using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Workspaces.Analyzers.Disposal;
using Workspaces.Analyzers.Lifetimes;

namespace Workspaces.Analyzers.Tests;

/// <summary>A few lines as a user writes them, compiled against the library and given to the analyzers. What they should find stands in <c>[|…|]</c>.</summary>
internal static class Snippet
{
    private const string Head = """
        using System; using System.Collections.Generic; using System.IO; using System.Linq; using System.Threading; using System.Threading.Tasks;
        using System.Runtime.CompilerServices; using System.Runtime.InteropServices;
        using Workspaces.Memory; using Workspaces.Memory.Rings; using Workspaces.Tensors; using Workspaces.Autograd; using Workspaces.Ops; using Workspaces.NN;
        using Workspaces.Optim; using Workspaces.Data; using Workspaces.Seams;

        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.CSharp14);

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers = [new OpenScopeAnalyzer(), new LifetimeAnalyzer()];

    /// <summary>Every assembly that this program runs with, the library among them.</summary>
    internal static ImmutableArray<MetadataReference> References { get; } =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(IsWanted).Select(static path => MetadataReference.CreateFromFile(path))];

    internal static CSharpCompilationOptions Options { get; } = new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);

    internal static CSharpParseOptions ParseOptions => Language;

    /// <summary>Statements as the body of a method, unless they bring a class of their own.</summary>
    internal static string Whole(string code) => Head + (code.Contains("class ", StringComparison.Ordinal) ? code : $$"""
        public class User
        {
            private Tensor _last;
            private readonly List<Tensor> _kept = [];
            public Tensor Last { get; set; }

            public void Run(Workspace ws, WorkspaceManager manager, WorkspaceConfiguration cfg, Module model, Optimizer optimizer, Tensor x, Tensor y)
            {
                {{code}}
            }

            private static void Show(params object[] values) => Console.WriteLine(values.Length);
        }
        """);

    /// <summary>Asserts that exactly the marked places are found, all by one rule; without marks, nothing.</summary>
    internal static async Task Check(string rule, string code)
    {
        (string text, List<TextSpan> marks) = Unmark(Whole(code));
        ImmutableArray<Diagnostic> found = await Analyze(text);
        string Line(TextSpan span) => text.Substring(span.Start, span.Length);
        Assert.Equal(marks.Select(Line), found.Select(finding => Line(finding.Location.SourceSpan)));
        Assert.Equal(marks, found.Select(static finding => finding.Location.SourceSpan));
        Assert.All(found, finding => Assert.Equal(rule, finding.Id));
    }

    internal static async Task<ImmutableArray<Diagnostic>> Analyze(string text, string assembly = "User")
    {
        CSharpCompilation compilation = CSharpCompilation.Create(assembly, [CSharpSyntaxTree.ParseText(text, Language)], References, Options);
        return await Analyze(compilation);
    }

    internal static async Task<ImmutableArray<Diagnostic>> Analyze(Compilation compilation)
    {
        Assert.Empty(compilation.GetDiagnostics().Where(static problem => problem.Severity == DiagnosticSeverity.Error));
        ImmutableArray<Diagnostic> found = await compilation.WithAnalyzers(Analyzers).GetAnalyzerDiagnosticsAsync();
        Assert.DoesNotContain(found, static finding => finding.Id == "AD0001");
        return [.. found.OrderBy(static finding => finding.Location.SourceSpan.Start)];
    }

    /// <summary>Takes the marks out of a text.</summary>
    internal static (string Text, List<TextSpan> Marks) Unmark(string marked)
    {
        var marks = new List<TextSpan>();
        for (int begin; (begin = marked.IndexOf("[|", StringComparison.Ordinal)) >= 0;)
        {
            int end = marked.IndexOf("|]", begin, StringComparison.Ordinal) - 2;
            marked = marked.Remove(begin, 2).Remove(end, 2);
            marks.Add(TextSpan.FromBounds(begin, end));
        }

        return (marked, marks);
    }

    private static bool IsWanted(string path) => !Path.GetFileName(path).StartsWith("xunit", StringComparison.Ordinal)
        && !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)
        && !Path.GetFileName(path).StartsWith("Workspaces.Analyzers", StringComparison.Ordinal);
}
