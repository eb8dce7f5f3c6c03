namespace Workspaces.Analyzers.Tests;

/// <summary>WS0002.</summary>
public sealed class EscapeTests
{
    [Theory]
    [InlineData("using var pass = ws.Enter(); _last = [|model.Forward(x)|];")]
    [InlineData("using var pass = ws.Enter(); Tensor loss = model.Forward(x).CrossEntropy(y); Last = [|loss|];")]
    [InlineData("using (ws.Enter()) { _last = [|x + y|]; }")]
    [InlineData("using var step = WorkspaceManager.Create(cfg); _last = [|Tensor.Zeros([2])|];")]
    [InlineData("using var pass = ws.Enter(); _kept.Add([|x.Add(1)|]);")]
    [InlineData("using var pass = ws.Enter(); _kept.Add([|x.Reshape(-1)|]);")]
    [InlineData("var losses = new List<Tensor>(); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); losses.Add([|x.Sum()|]); } Show(losses.Count);")]
    [InlineData("var losses = new Tensor[3]; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); losses[i] = [|x.Sum()|]; } Show(losses.Length);")]
    [InlineData("var losses = new Dictionary<int, Tensor>(); using (ws.Enter()) { losses[0] = [|x.Sum()|]; } Show(losses.Count);")]
    [InlineData("using var pass = ws.Enter(); Tensor loss = x.Sum(); AppDomain.CurrentDomain.ProcessExit += [|(_, _) => Console.WriteLine(loss.Item())|];")]
    [InlineData("using var pass = ws.Enter(); Tensor loss = x.Sum(); Task.Run([|() => loss.Item()|]);")]
    [InlineData("using var pass = ws.Enter(); Tensor loss = x.Sum(); _ = Task.Run([|() => loss.Item()|]);")]
    [InlineData("using var pass = ws.Enter(); Tensor loss = x.Sum(); ThreadPool.QueueUserWorkItem([|_ => Console.WriteLine(loss.Item())|]);")]
    [InlineData("using var pass = ws.Enter(); if (x.Rank > 1) { Tensor a = x.Add(1), b = a.Keep(); _last = [|b|]; }")]
    [InlineData("var pass = ws.Enter(); try { _last = [|x.Add(1)|]; } finally { pass.Dispose(); }")]
    public Task What_outlives_its_pass_is_found(string code) => Snippet.Check("WS0002", code);

    [Theory]
    [InlineData("public static class Run { public static Tensor Of(Workspace ws, Module model, Tensor x) { using var pass = ws.Enter(); return [|model.Forward(x)|]; } }")]
    [InlineData("public static class Run { public static Tensor Of(Workspace ws, Tensor x) { using (ws.Enter()) { Tensor y = x + x; return [|y|]; } } }")]
    [InlineData("public static class Run { public static (Tensor, int) Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); return [|(x.Sum(), 1)|]; } }")]
    [InlineData("public static class Run { public static Tensor[] Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); return [|[x.Sum(), x]|]; } }")]
    [InlineData("public static class Run { public static void Of(Workspace ws, Tensor x, out Tensor y) { using var pass = ws.Enter(); y = [|x.Sum()|]; } }")]
    [InlineData("public static class Run { public static Tensor Of(Tensor x) { using Tensor y = x.Add(1); return [|y|]; } }")]
    [InlineData("public static class Run { public static Tensor Of(Tensor x) { using Tensor y = x.Add(1); return [|y.Reshape(-1)|]; } }")]
    [InlineData("public static class Run { public static Func<float> Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); Tensor y = x.Sum(); return [|() => y.Item()|]; } }")]
    [InlineData("public static class Run { public static Block Of(Workspace ws) { using var pass = ws.Enter(); return [|pass.Allocate(10)|]; } }")]
    [InlineData("public class Mine : Module { public override Tensor Forward(Tensor x) => x; public static Tensor Of(Workspace ws, Mine m, Tensor x) { using var p = ws.Enter(); return [|m.Forward(x)|]; } }")]
    [InlineData("public static class Run { static Tensor Last; public static void Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); Last = [|x.Sum()|]; } }")]
    [InlineData("public static class Run { public static void All(Workspace ws, Tensor[] xs) { Func<Tensor, Tensor> f = x => { using var pass = ws.Enter(); return [|x.Sum()|]; }; f(xs[0]); } }")]
    public Task What_is_handed_out_of_its_pass_is_found(string code) => Snippet.Check("WS0002", code);

    [Theory]
    [InlineData("using var pass = ws.Enter(); _last = x.Add(1).MoveTo(ws.OuterPass);")]
    [InlineData("using var pass = ws.Enter(); Tensor loss = x.Sum(); loss.CopyTo(_last);")]
    [InlineData("using var pass = ws.Enter(); float loss = x.Sum().Item(); Show(loss);")]
    [InlineData("_last = Tensor.Zeros([2]);")]
    [InlineData("using var pass = ws.Enter(); _last = x;")]
    [InlineData("using var pass = ws.Enter(); _last = x.AddInPlace(1);")]
    [InlineData("using var outer = ws.Enter(); Tensor sum; using (var inner = ws.Enter()) { sum = x.Sum().MoveTo(outer); } Show(sum.Item());")]
    [InlineData("using var pass = ws.Enter(); var all = new List<Tensor>(); all.Add(x.Sum()); Show(all.Count);")]
    [InlineData("var all = new Tensor[2]; using (ws.Enter()) { all[0] = x.Sum(); Show(all[0].Item()); }")]
    [InlineData("using var pass = ws.Enter(); Tensor loss = x.Sum(); Task.Run(() => loss.Item()).Wait();")]
    [InlineData("using var pass = ws.Enter(); Tensor loss = x.Sum(); Parallel.For(0, 2, i => Console.WriteLine(loss.Item()));")]
    [InlineData("using var pass = ws.Enter(); var holder = new Holder(); holder.Value = x.Sum(); } public struct Holder { public Tensor Value;")]
    [InlineData("using var other = manager.Lease(cfg); Tensor kept = other.MemoryManager.Allocate(DType.F32, 2); using (ws.Enter()) { _last = _last; } Show(kept.Length);")]
    public Task What_stays_or_is_moved_is_not(string code) => Snippet.Check("WS0002", code);

    [Theory]
    [InlineData("public static class Run { public static Tensor Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); return x.Sum().MoveTo(ws.OuterPass); } }")]
    [InlineData("public static class Run { public static Tensor Of(Tensor x) { using Tensor y = x.Add(1); return y.Multiply(2); } }")]
    [InlineData("public static class Run { public static Tensor Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); return x; } }")]
    [InlineData("public static class Run { public static float Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); return x.Sum().Item(); } }")]
    [InlineData("public static class Run { public static float[] Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); return x.Add(1).ToArray<float>(); } }")]
    [InlineData("public static class Run { static Tensor Cached(Tensor x) => x; public static Tensor Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); return Cached(x); } }")]
    [InlineData("public static class Run { public static (Tensor, Tensor) Of(Workspace w, Tensor x) { Ring r = w.Ring; using var pass = w.Enter(); return (x.Sum(), x); } }")]
    [InlineData("public class Cell : Module { private Tensor _h; public override Tensor Forward(Tensor x) { using Tensor a = x.Add(1); _h = a.Multiply(2); return _h; } }")]
    public Task What_returns_something_else_is_not(string code) => Snippet.Check("WS0002", code);

    [Theory]
    [InlineData("using var pass = ws.Enter(); _last = x.Sum();", "using var pass = ws.Enter(); _last = x.Sum().MoveTo(ws.OuterPass);", "MoveTo")]
    [InlineData("using var pass = ws.Enter(); _last = x + y;", "using var pass = ws.Enter(); _last = (x + y).MoveTo(ws.OuterPass);", "MoveTo")]
    [InlineData("using var pass = ws.Enter(); _last = x.Sum();", "using var pass = ws.Enter(); _last = x.Sum().Detach().MoveTo(ws.OuterPass);", "DetachMoveTo")]
    public Task The_fix_moves_to_the_outer_pass(string before, string after, string key) => FixedSnippet.Check(before, after, key);

    [Fact]
    public Task The_fix_moves_to_the_pass_around_it_which_may_be_too_short_still() => FixedSnippet.Check(
        "using var outer = ws.Enter(); using var pass = ws.Enter(); _last = x.Sum();",
        "using var outer = ws.Enter(); using var pass = ws.Enter(); _last = x.Sum().MoveTo(outer);", "MoveTo", isCleanAfter: false);

    [Fact]
    public Task All_are_moved_at_once() => FixedSnippet.CheckAll(
        "using var pass = ws.Enter(); _last = x.Sum(); Last = x.Mean();",
        "using var pass = ws.Enter(); _last = x.Sum().MoveTo(ws.OuterPass); Last = x.Mean().MoveTo(ws.OuterPass);", "MoveTo");

    [Fact]
    public async Task Nothing_is_offered_where_no_outer_pass_is_at_hand() =>
        Assert.Empty(await FixedSnippet.Offers("using var step = WorkspaceManager.Create(cfg); _last = x.Sum();"));
}
