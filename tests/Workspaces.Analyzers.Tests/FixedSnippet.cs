using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using Workspaces.Analyzers.CodeFixes;

namespace Workspaces.Analyzers.Tests;

/// <summary>Gives a snippet's findings to the code fixes, as an editor does.</summary>
internal static class FixedSnippet
{
    private static readonly CodeFixProvider[] Providers = [new AddUsingFix(), new MoveToFix(), new CopyElementsFix(), new AccumulateFix()];

    /// <summary>Asserts what the fix with a key makes of the first finding, and that the result compiles and is clean.</summary>
    internal static async Task Check(string before, string after, string? key = null, bool isCleanAfter = true)
    {
        using var workspace = new AdhocWorkspace();
        Document document = Open(workspace, before);
        Diagnostic finding = (await Find(document))[0];
        (_, CodeAction action) = (await ActionsFor(document, finding)).First(offer => key is null || offer.Action.EquivalenceKey == key);
        await Compare(workspace, document, action, after, isCleanAfter);
    }

    /// <summary>Asserts what fixing all findings of the document at once makes of it.</summary>
    internal static async Task CheckAll(string before, string after, string? key = null)
    {
        using var workspace = new AdhocWorkspace();
        Document document = Open(workspace, before);
        ImmutableArray<Diagnostic> findings = await Find(document);
        (CodeFixProvider provider, CodeAction first) = (await ActionsFor(document, findings[0])).First(offer => key is null || offer.Action.EquivalenceKey == key);
        var context = new FixAllContext(
            document, provider, FixAllScope.Document, first.EquivalenceKey, [findings[0].Id], new Found(findings), CancellationToken.None);
        CodeAction? action = await provider.GetFixAllProvider()!.GetFixAsync(context);
        await Compare(workspace, document, action!, after, isCleanAfter: true);
    }

    /// <summary>What is offered for the first finding.</summary>
    internal static async Task<IReadOnlyList<string>> Offers(string before)
    {
        using var workspace = new AdhocWorkspace();
        Document document = Open(workspace, before);
        return [.. (await ActionsFor(document, (await Find(document))[0])).Select(static offer => offer.Action.Title)];
    }

    private static async Task Compare(AdhocWorkspace workspace, Document document, CodeAction action, string after, bool isCleanAfter)
    {
        foreach (ApplyChangesOperation change in (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>()) change.Apply(workspace, CancellationToken.None);
        Document changed = workspace.CurrentSolution.GetDocument(document.Id)!;
        Assert.Equal(Snippet.Whole(after), (await changed.GetTextAsync()).ToString());
        ImmutableArray<Diagnostic> left = await Find(changed);
        if (isCleanAfter) Assert.Empty(left);
    }

    private static Document Open(AdhocWorkspace workspace, string code)
    {
        ProjectInfo project = ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "User", "User", LanguageNames.CSharp, compilationOptions: Snippet.Options, parseOptions: Snippet.ParseOptions,
            metadataReferences: Snippet.References);
        return workspace.AddDocument(workspace.AddProject(project).Id, "User.cs", SourceText.From(Snippet.Whole(code)));
    }

    private static async Task<ImmutableArray<Diagnostic>> Find(Document document) => await Snippet.Analyze((await document.Project.GetCompilationAsync())!);

    private static async Task<List<(CodeFixProvider Provider, CodeAction Action)>> ActionsFor(Document document, Diagnostic finding)
    {
        var offers = new List<(CodeFixProvider, CodeAction)>();
        foreach (CodeFixProvider provider in Providers.Where(provider => provider.FixableDiagnosticIds.Contains(finding.Id)))
            await provider.RegisterCodeFixesAsync(new CodeFixContext(document, finding, (action, _) => offers.Add((provider, action)), CancellationToken.None));
        return offers;
    }

    private sealed class Found(ImmutableArray<Diagnostic> findings) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>(findings);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>(findings);
    }
}
