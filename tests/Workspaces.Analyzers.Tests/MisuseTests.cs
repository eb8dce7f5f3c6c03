using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Workspaces.Analyzers.Tests;

/// <summary>The misuses of docs/safety.md that a compiler tells: by a rule of ours, or because types forbid them.</summary>
public sealed class MisuseTests
{
    private const string Async = "public static class Run { public static async Task Of(Workspace ws, Tensor x) { ";

    /// <summary>A misuse, the rule or the compiler's error, and the code with what is told in <c>[|…|]</c>.</summary>
    private static readonly (string Name, string Rule, string Code)[] Suite =
    [
        ("a workspace created and never closed", "WS0001", "var w = [|manager.Lease(cfg)|]; using (w.Enter()) Show(x.Sum().Item());"),
        ("a pass entered and never left", "WS0001", "for (int i = 0; i < 3; i++) { var pass = [|ws.Enter()|]; Show(x.Sum().Item()); }"),
        ("a result stored in a field", "WS0002", "using (ws.Enter()) { _last = [|x.Add(1)|]; }"),
        ("a result added to a list that outlives the pass", "WS0002", "for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); _kept.Add([|x.Add(i)|]); }"),
        ("a result returned out of its pass", "WS0002", "public static class Run { public static Tensor Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); return [|x.Add(1)|]; } }"),
        ("a result captured by an event handler", "WS0002", "public class Run { public event Action Done; public void Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); Tensor y = x.Add(1); Done += [|() => Console.WriteLine(y.Length)|]; } }"),
        ("a result used behind its pass", "WS0003", "Tensor z; using (ws.Enter()) { z = x.Add(1); } Show([|z|].Length);"),
        ("a tensor used after its Dispose", "WS0003", "using var pass = ws.Enter(); Tensor z = x.Add(1); z.Dispose(); Show([|z|].Length);"),
        ("a span used behind its pass", "WS0004", "Span<float> s; using (ws.Enter()) { s = x.Add(1).AsSpan<float>(); } Show([|s|][0]);"),
        ("a Memory<float> used after the tensor's Dispose", "WS0004", "Memory<float> m = x.AsMemory<float>(); x.Dispose(); Show([|m|].Span[0]);"),
        ("a raw pointer kept behind its pass", "WS0004", "unsafe { float* p; using (ws.Enter()) { fixed (float* q = x.Add(1).AsSpan<float>()) p = q; } Show([|p|][0]); }"),
        ("total = total + loss inside a pass", "WS0005", "Tensor total = Tensor.Zeros([]); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); [|total = total + x.Sum()|]; } Show(total.Item());"),
        ("a state carried from pass to pass", "WS0005", "Tensor state = x; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); [|state = model.Forward(state)|]; }"),
        ("an await inside EnterOnThread", "CS4007", Async + "using var pass = ws.EnterOnThread(); await [|Task.Yield()|]; Console.WriteLine(x.Length); } }"),
        ("a thread's pass kept in a field", "CS8345", "public class Run { public [|ThreadPass|] Kept; }"),
        ("a thread's pass captured by a lambda", "CS8175", "using ThreadPass pass = ws.EnterOnThread(); Action later = () => Show([|pass|].Allocate(1).Length); later();"),
        ("a span of a tensor kept over an await", "CS4007", Async + "Span<float> s = x.AsSpan<float>(); await [|Task.Yield()|]; Console.WriteLine(s[0]); } }"),
    ];

    public static TheoryData<string> Names => [.. Suite.Select(static misuse => misuse.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_misuse_is_told_by_the_compiler(string name)
    {
        (_, string rule, string code) = Suite.Single(misuse => misuse.Name == name);
        if (rule.StartsWith("WS", StringComparison.Ordinal))
        {
            await Snippet.Check(rule, code);
            return;
        }

        string text = Snippet.Unmark(Snippet.Whole(code)).Text; // emitted below, because what crosses an await is found only then
        ImmutableArray<Diagnostic> problems = CSharpCompilation
            .Create("User", [CSharpSyntaxTree.ParseText(text, Snippet.ParseOptions)], Snippet.References, Snippet.Options).Emit(Stream.Null).Diagnostics;
        Assert.Equal([rule], problems.Where(static problem => problem.Severity == DiagnosticSeverity.Error).Select(static problem => problem.Id).Distinct());
    }

    [Fact]
    public void The_page_shows_every_one_of_them_and_no_other()
    {
        string page = File.ReadAllText(Path.Combine(RuleTests.Root, "docs", "safety.md"));
        int begin = page.IndexOf("\n## Told by the compiler\n", StringComparison.Ordinal), end = page.IndexOf("\n## ", begin + 1, StringComparison.Ordinal);
        string[] rows = [.. page[begin..end].Split('\n').Where(static line => line.StartsWith('|')).Skip(2)];
        string[] wanted = [.. Suite.Select(static misuse => $"| {misuse.Name} | `{misuse.Rule}` | `{Told(misuse.Code)}` |")];
        Assert.True(rows.SequenceEqual(wanted), string.Join('\n', wanted));
    }

    private static string Told(string code)
    {
        int begin = code.IndexOf("[|", StringComparison.Ordinal) + 2;
        return code[begin..code.IndexOf("|]", StringComparison.Ordinal)];
    }
}
