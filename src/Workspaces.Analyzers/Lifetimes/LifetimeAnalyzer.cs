using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Workspaces.Analyzers.Lifetimes;

/// <summary>WS0002 to WS0005: follows tensors and raw memory through each method, from the pass that made them to where they are used or kept.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LifetimeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Rules.EscapingTensor, Rules.UseAfterEnd, Rules.RawMemory, Rules.Accumulator);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        if (context is null) throw new ArgumentNullException(nameof(context));
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (WorkspaceSymbols.Of(start.Compilation) is { } symbols) start.RegisterOperationBlockAction(block => Check(block, symbols));
        });
    }

    private static void Check(OperationBlockAnalysisContext context, WorkspaceSymbols symbols)
    {
        foreach (IOperation block in context.OperationBlocks)
        {
            // Without a using and without a Dispose no life ends here, so there is nothing to find.
            if (!block.Syntax.DescendantTokens().Any(IsEnd)) continue;
            var findings = new LifetimeFindings(symbols, context.ReportDiagnostic);
            var bodies = new FunctionBodies(block);
            if (bodies.HasGoto) continue;
            foreach (IOperation body in bodies.All) new LifetimeWalker(symbols, bodies, findings, context.CancellationToken).Run(body);
        }
    }

    private static bool IsEnd(SyntaxToken token) =>
        token.IsKind(SyntaxKind.UsingKeyword) || (token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText is "Dispose" or "AsSpan" or "AsMemory");
}
