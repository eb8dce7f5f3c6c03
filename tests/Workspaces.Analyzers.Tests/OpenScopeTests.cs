namespace Workspaces.Analyzers.Tests;

/// <summary>WS0001.</summary>
public sealed class OpenScopeTests
{
    [Theory]
    [InlineData("[|WorkspaceManager.Create(cfg)|];")]
    [InlineData("var step = [|WorkspaceManager.Create(cfg)|]; Console.WriteLine(step.PassCount);")]
    [InlineData("Workspace step = [|manager.Lease(cfg)|]; using var pass = step.Enter();")]
    [InlineData("[|ws.Enter()|]; model.Forward(x);")]
    [InlineData("_ = [|ws.Enter()|];")]
    [InlineData("var pass = [|ws.Enter()|]; model.Forward(x);")]
    [InlineData("Pass pass; pass = [|ws.Enter()|]; model.Forward(x);")]
    [InlineData("for (int i = 0; i < 3; i++) { var pass = [|ws.Enter()|]; model.Forward(x); }")]
    [InlineData("[|ws.EnterOnThread()|];")]
    [InlineData("using var pass = ws.Enter(); var lanes = [|pass.Fork(2)|]; using var lane = lanes.Enter(0);")]
    [InlineData("[|Gradients.Off()|]; model.Forward(x);")]
    [InlineData("var off = [|Gradients.Off()|]; model.Forward(x);")]
    [InlineData("[|Anomalies.Detect()|];")]
    [InlineData("using var pool = new WorkspacePool(manager, cfg, 2); var lease = [|pool.Rent()|]; using var pass = lease.Enter();")]
    [InlineData("using var pass = [|manager.Lease(cfg)|].Enter();")]
    [InlineData("[|ws.Enter()|].Allocate(10);")]
    [InlineData("Console.WriteLine([|manager.Lease(cfg)|].PassCount);")]
    [InlineData("x.MoveTo([|manager.Lease(cfg)|]);")]
    [InlineData("var pass = [|ws.Enter()|]; if (x.Rank > 1) pass.Dispose();")]
    [InlineData("var pass = [|ws.Enter()|]; if (x.Rank > 1) return; pass.Dispose();")]
    public Task What_nobody_closes_is_found(string code) => Snippet.Check("WS0001", code);

    [Theory]
    [InlineData("using var step = WorkspaceManager.Create(cfg); using Pass pass = step.Enter();")]
    [InlineData("using (ws.Enter()) model.Forward(x);")]
    [InlineData("using (var pass = ws.Enter()) model.Forward(x);")]
    [InlineData("using var pass = ws.EnterOnThread(); using NoGradScope off = Gradients.Off();")]
    [InlineData("var pass = ws.Enter(); try { model.Forward(x); } finally { pass.Dispose(); }")]
    [InlineData("Pass pass = default; try { pass = ws.Enter(); model.Forward(x); } finally { pass.Dispose(); }")]
    [InlineData("Workspace? step = manager.Lease(cfg); try { model.Forward(x); } finally { step?.Dispose(); }")]
    [InlineData("var pass = ws.Enter(); model.Forward(x); pass.Dispose();")]
    [InlineData("var pass = ws.Enter(); if (x.Rank > 1) { pass.Dispose(); return; } pass.Dispose();")]
    [InlineData("var pass = ws.Enter(); if (x.Rank > 1) throw new ArgumentException(\"rank\"); pass.Dispose();")]
    [InlineData("Pass pass = x.Rank > 1 ? ws.Enter() : default; using (pass) model.Forward(x);")]
    [InlineData("ws.Enter().Dispose();")]
    [InlineData("Func<Pass> enter = () => ws.Enter(); using var pass = enter();")]
    [InlineData("var all = new List<Workspace>(); all.Add(manager.Lease(cfg)); foreach (Workspace one in all) one.Dispose();")]
    [InlineData("Workspace[] all = [manager.Lease(cfg), manager.Lease(cfg)]; foreach (Workspace one in all) one.Dispose();")]
    public Task What_is_closed_is_not(string code) => Snippet.Check("WS0001", code);

    [Theory]
    [InlineData("public sealed class Server(WorkspaceManager m, WorkspaceConfiguration c) : IDisposable { private readonly Workspace _ws = m.Lease(c); public void Dispose() => _ws.Dispose(); }")]
    [InlineData("public sealed class Server : IDisposable { private Workspace _ws; public Server(WorkspaceManager m, WorkspaceConfiguration c) => _ws = m.Lease(c); public void Dispose() => _ws.Dispose(); }")]
    [InlineData("public sealed class Server { private Workspace? _ws; public void Start(WorkspaceManager m, WorkspaceConfiguration c) { _ws ??= m.Lease(c); } public void Stop() => _ws?.Dispose(); }")]
    [InlineData("public static class Leases { public static Workspace Of(WorkspaceManager m, WorkspaceConfiguration c) => m.Lease(c); }")]
    [InlineData("public static class Leases { public static Workspace Of(WorkspaceManager m, WorkspaceConfiguration c) { var ws = m.Lease(c); ws.Trim(); return ws; } }")]
    [InlineData("public static class Leases { public static void Of(WorkspaceManager m, WorkspaceConfiguration c, out Workspace ws) => ws = m.Lease(c); }")]
    [InlineData("public static class Runs { static void Run(Workspace ws) { using (ws) ws.Trim(); } public static void Go(WorkspaceManager m, WorkspaceConfiguration c) => Run(m.Lease(c)); }")]
    [InlineData("public static class Runs { public static async Task Go(WorkspacePool pool) { using WorkspaceLease lease = await pool.RentAsync().ConfigureAwait(false); } }")]
    [InlineData("public static class Runs { public static async Task Go(WorkspacePool pool) { ValueTask<WorkspaceLease> rent = pool.RentAsync(); using WorkspaceLease lease = await rent; } }")]
    [InlineData("public static class Runs { static void Throws(Action a) { try { a(); } catch (Exception) { } } public static void Go(Workspace ws) => Throws(() => ws.Enter()); }")]
    [InlineData("public sealed class Scope(Pass p) { public Pass P => p; } public static class Runs { public static Scope Go(Workspace w) { var p = w.Enter(); var s = new Scope(p); return s; } }")]
    [InlineData("public static class Runs { public static void Go(Ring ring) { RingSlot slot = ring.Acquire(); slot.Allocate(10); slot.Publish(); } }")]
    public Task What_another_takes_over_is_not(string code) => Snippet.Check("WS0001", code);

    [Theory]
    [InlineData("public sealed class Server(WorkspaceManager m, WorkspaceConfiguration c) { private readonly Workspace _ws = [|m.Lease(c)|]; public long Passes => _ws.PassCount; }")]
    [InlineData("public sealed class Server { private Workspace? _ws; public void Start(WorkspaceManager m, WorkspaceConfiguration c) { _ws = [|m.Lease(c)|]; } }")]
    [InlineData("public static class Server { private static readonly Workspace Step = [|WorkspaceManager.Create(new())|]; public static long Passes => Step.PassCount; }")]
    [InlineData("public static class Runs { static void Run(Workspace ws) => ws.Trim(); public static void Go(WorkspaceManager m, WorkspaceConfiguration c) => Run([|m.Lease(c)|]); }")]
    [InlineData("public static class Runs { static void Run(Workspace ws) => ws.Trim(); public static void Go(WorkspaceManager m, WorkspaceConfiguration c) { var ws = [|m.Lease(c)|]; Run(ws); } }")]
    [InlineData("public static class Runs { public static async Task Go(WorkspacePool pool) { WorkspaceLease lease = await [|pool.RentAsync()|]; await Task.Yield(); } }")]
    public Task What_is_only_lent_or_kept_by_a_type_that_closes_nothing_is_found(string code) => Snippet.Check("WS0001", code);

    [Theory]
    [InlineData("var pass = ws.Enter(); model.Forward(x);", "using var pass = ws.Enter(); model.Forward(x);")]
    [InlineData("Pass pass = ws.Enter(); model.Forward(x);", "using Pass pass = ws.Enter(); model.Forward(x);")]
    [InlineData("ws.Enter(); model.Forward(x);", "using var pass = ws.Enter(); model.Forward(x);")]
    [InlineData("_ = ws.Enter(); model.Forward(x);", "using var pass = ws.Enter(); model.Forward(x);")]
    [InlineData("int pass = 0; ws.Enter(); Show(pass);", "int pass = 0; using var pass2 = ws.Enter(); Show(pass);")]
    [InlineData("Gradients.Off(); model.Forward(x);", "using var noGradScope = Gradients.Off(); model.Forward(x);")]
    [InlineData("/* why */ var step = manager.Lease(cfg); Show(step);", "/* why */ using var step = manager.Lease(cfg); Show(step);")]
    public Task The_fix_adds_using(string before, string after) => FixedSnippet.Check(before, after);

    [Fact]
    public Task All_are_fixed_at_once_under_different_names() => FixedSnippet.CheckAll(
        "ws.Enter(); ws.Enter(); var step = manager.Lease(cfg);", "using var pass = ws.Enter(); using var pass2 = ws.Enter(); using var step = manager.Lease(cfg);");

    [Fact]
    public async Task A_variable_that_is_assigned_again_gets_no_using() =>
        Assert.Empty(await FixedSnippet.Offers("var pass = ws.Enter(); pass = default; Show(pass);"));

    [Fact]
    public async Task A_program_without_the_library_is_left_alone() =>
        Assert.Empty(await Snippet.Analyze("public class Workspace { public Workspace Enter() => this; public void Run() { Enter(); } }"));
}
