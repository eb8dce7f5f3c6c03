using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Workspaces.Analyzers;

namespace Workspaces.Delivery.Tests.Docs;

/// <summary>Compiles programs made of blocks against all that this test program refers to.</summary>
internal static class BlockCompiler
{
    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly ImmutableArray<DiagnosticAnalyzer> Rules =
    [
        .. typeof(Rules).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    internal static CSharpCompilation Compile(string program) => CSharpCompilation.Create(
        "PageBlock", [CSharpSyntaxTree.ParseText(program, BlockProgram.Options)], References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

    internal static IEnumerable<string> Errors(CSharpCompilation compilation) =>
        compilation.GetDiagnostics().Where(static found => found.Severity == DiagnosticSeverity.Error).Select(static found => found.ToString());

    /// <summary>What WS0001 to WS0005 find in it.</summary>
    internal static async Task<string[]> FindingsAsync(CSharpCompilation compilation)
    {
        ImmutableArray<Diagnostic> found = await compilation.WithAnalyzers(Rules).GetAnalyzerDiagnosticsAsync();
        return [.. found.Where(static one => !one.IsSuppressed).Select(static one => one.ToString())];
    }

    internal static Stage Load(CSharpCompilation compilation)
    {
        using var bytes = new MemoryStream();
        Assert.True(compilation.Emit(bytes).Success);
        return (Stage)Activator.CreateInstance(Assembly.Load(bytes.ToArray()).GetType(BlockProgram.ClassName)!)!;
    }
}
