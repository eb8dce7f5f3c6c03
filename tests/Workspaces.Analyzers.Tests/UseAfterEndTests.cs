namespace Workspaces.Analyzers.Tests;

/// <summary>WS0003.</summary>
public sealed class UseAfterEndTests
{
    [Theory]
    [InlineData("Tensor t = x.Add(1); t.Dispose(); Show([|t|].Sum().Item());")]
    [InlineData("Tensor t = x.Add(1); t.Dispose(); Tensor u = [|t|] + y;")]
    [InlineData("x.Dispose(); Show([|x|].Length);")]
    [InlineData("Tensor t = x.Add(1), v = t.Reshape(-1); t.Dispose(); Show([|v|].Sum().Item());")]
    [InlineData("Tensor t = x.Add(1); if (y.Rank > 0) t.Dispose(); else t.Dispose(); Show([|t|].Length);")]
    [InlineData("Tensor t; using (ws.Enter()) { t = x.Add(1); } Show([|t|].Sum().Item());")]
    [InlineData("Tensor t; using (var pass = ws.Enter()) t = x.Add(1); Show($\"{[|t|]}\");")]
    [InlineData("Tensor last = default; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); last = x.Sum(); } Show([|last|].Item());")]
    [InlineData("Tensor last = x; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); Tensor d = x.Subtract([|last|]); last = d.Add(1); }")]
    [InlineData("Tensor last = x; while (true) { using var pass = ws.Enter(); last = x.Sum(); if (last.Item() > 1) break; } Show([|last|].Item());")]
    [InlineData("var pass = ws.Enter(); Tensor t = x.Add(1); pass.Dispose(); Show([|t|].Length);")]
    [InlineData("var step = manager.Lease(cfg); Tensor t = x.Add(1); step.Dispose(); Show([|t|].Length);")]
    [InlineData("Tensor t; using (var step = WorkspaceManager.Create(cfg)) { using var pass = step.Enter(); t = x.Add(1); } Show([|t|].Length);")]
    [InlineData("Block b; using (var pass = ws.Enter()) { b = pass.Allocate(10); } Show([|b|].Length);")]
    [InlineData("Tensor t; using (Tensor inner = x.Add(1)) { t = inner; } Show([|t|].Length);")]
    [InlineData("Tensor t = x; try { using (ws.Enter()) { t = x.Add(1); } } catch (ArgumentException) { } Show([|t|].Length);")]
    [InlineData("(Tensor a, Tensor b) = (x, y); using (ws.Enter()) { (a, b) = (x.Sum(), y); } Show([|a|].Item(), b.Length);")]
    [InlineData("Func<float> f; using (ws.Enter()) { Tensor t = x.Sum(); f = () => t.Item(); } Show([|f|]());")]
    [InlineData("Tensor t = x; switch (x.Rank) { case 0: using (ws.Enter()) { t = x.Sum(); } break; case 1: break; } Show([|t|].Length);")]
    public Task A_use_after_the_end_is_found(string code) => Snippet.Check("WS0003", code);

    [Theory]
    [InlineData("using Tensor t = x.Add(1); Show(t.Sum().Item());")]
    [InlineData("Tensor t = x.Add(1); Show(t.Length); t.Dispose(); t.Dispose(); Show(t.IsAlive);")]
    [InlineData("Tensor t = x.Add(1); if (y.Rank > 0) { t.Dispose(); return; } Show(t.Length);")]
    [InlineData("Tensor t = x.Add(1); if (y.Rank > 0) t.Dispose(); if (y.Rank == 0) Show(t.Length);")]
    [InlineData("Tensor t = x.Add(1); t.Dispose(); t = x.Add(2); Show(t.Length);")]
    [InlineData("Tensor t = x.Add(1), v = t.Reshape(-1); v.Dispose(); Show(v.Length, t.Length);")]
    [InlineData("Tensor t; using (ws.Enter()) { t = x.Add(1); Show(t.Length); } t = x; Show(t.Length);")]
    [InlineData("Tensor t; using (ws.Enter()) { t = x.Add(1).MoveTo(ws); t = x.Add(1).MoveTo(ws.OuterPass); } Show(t.Length);")]
    [InlineData("Tensor t = x; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); t = x.Add(i); Show(t.Length); }")]
    [InlineData("Tensor t = x; for (int i = 0; i < 3; i++) { t = y; using var pass = ws.Enter(); t = t.Add(i); Show(t.Length); }")]
    [InlineData("Tensor t; using (ws.Enter()) { t = x.Add(1); } if (t.IsAlive) Show(t.Length);")]
    [InlineData("Tensor t; using (ws.Enter()) { t = x.Add(1); } Show(nameof(t));")]
    [InlineData("Tensor t = x.Add(1); Action end = () => t.Dispose(); end(); t = y; Show(t.Length);")]
    [InlineData("Tensor sum = Tensor.Zeros([]); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); sum.AddInPlace(x.Sum()); } Show(sum.Item());")]
    [InlineData("Tensor t = x.Add(1); try { Show(t.Length); } finally { t.Dispose(); }")]
    [InlineData("Tensor t; do { t = x.Sum(); } while (t.Item() > 1); Show(t.Length); goto end; end: Show(1);")]
    public Task Ordinary_use_is_not(string code) => Snippet.Check("WS0003", code);

    [Fact]
    public async Task Programs_of_top_level_statements_are_checked_too()
    {
        const string program = """
            using Workspaces.Memory; using Workspaces.Tensors; using Workspaces.Ops;
            using (Workspace workspace = WorkspaceManager.Create(new()))
            {
                Tensor escaped;
                using (workspace.Enter()) escaped = Tensor.Zeros([2]).Add(1);
                System.Console.WriteLine(escaped.Sum().Item());
            }
            """;
        var compilation = Microsoft.CodeAnalysis.CSharp.CSharpCompilation.Create(
            "Program", [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree.ParseText(program, Snippet.ParseOptions)], Snippet.References,
            Snippet.Options.WithOutputKind(Microsoft.CodeAnalysis.OutputKind.ConsoleApplication));
        Assert.Equal(["WS0003"], (await Snippet.Analyze(compilation)).Select(static finding => finding.Id));
    }

    [Theory]
    [InlineData("Tensor t = x.Add(1);\n t.Dispose();\n Show(t.Length);", "Tensor t = x.Add(1);\n Show(t.Length);", "RemoveDispose")]
    [InlineData("Tensor t; using (ws.Enter()) { t = x.Add(1); } Show(t.Length);", "Tensor t; using (ws.Enter()) { t = x.Add(1).MoveTo(ws.OuterPass); } Show(t.Length);", "MoveTo")]
    [InlineData(
        "var step = manager.Lease(cfg); using var a = step.Enter(); Tensor t; using (step.Enter()) { t = x * y; } Show(t.Length); step.Dispose();",
        "var step = manager.Lease(cfg); using var a = step.Enter(); Tensor t; using (step.Enter()) { t = (x * y).Detach().MoveTo(a); } Show(t.Length); step.Dispose();", "DetachMoveTo")]
    public Task The_fix_lets_it_live_longer(string before, string after, string key) => FixedSnippet.Check(before, after, key);
}
