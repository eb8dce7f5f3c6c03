namespace Workspaces.Analyzers.Tests;

/// <summary>WS0004.</summary>
public sealed class RawMemoryTests
{
    [Theory]
    [InlineData("Span<float> s; using (ws.Enter()) { s = x.Add(1).AsSpan<float>(); } Show([|s|][0]);")]
    [InlineData("Memory<float> m; using (ws.Enter()) { m = x.Add(1).AsMemory<float>(); } Show([|m|].Length);")]
    [InlineData("Memory<float> m = x.AsMemory<float>(); x.Dispose(); Show([|m|].Span[0]);")]
    [InlineData("Span<float> s, part; using (ws.Enter()) { s = x.Add(1).AsSpan<float>(); part = s.Slice(1); } Show([|part|][0]);")]
    [InlineData("Span<byte> s; using (var pass = ws.Enter()) { s = pass.Allocate(10).AsSpan(); } s = [|s|][1..];")]
    [InlineData("Span<float> s; using (var pass = ws.Enter()) { s = pass.Allocate(8).AsSpan<float>(); } Show([|s|][0]);")]
    [InlineData("unsafe { float* p; using (ws.Enter()) { fixed (float* q = x.Add(1).AsSpan<float>()) p = q; } Show([|p|][0]); }")]
    public Task Raw_memory_that_outlives_its_pass_is_found(string code) => Snippet.Check("WS0004", code);

    [Theory]
    [InlineData("public static class Run { public static Span<float> Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); return [|x.Add(1).AsSpan<float>()|]; } }")]
    [InlineData("public static class Run { public static Memory<float> Of(Tensor x) { using Tensor y = x.Add(1); return [|y.AsMemory<float>()|]; } }")]
    [InlineData("public class Run { Memory<float> _m; public void Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); _m = [|x.Add(1).AsMemory<float>()|]; } }")]
    [InlineData("public class Run { nint _p; public unsafe void Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); _p = [|(nint)Unsafe.AsPointer(ref x.Add(1).AsSpan<float>()[0])|]; } }")]
    [InlineData("public class Run { static unsafe nint At(Tensor x) => 0; public static async Task Of(Tensor x) { nint p; unsafe { p = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(x.AsSpan<float>())); } await Task.Yield(); Console.WriteLine([|p|]); } }")]
    [InlineData("public class Run { public static IEnumerable<nint> Of(Tensor x) { nint p; unsafe { p = (nint)Unsafe.AsPointer(ref x.AsSpan<float>()[0]); } yield return 1; yield return [|p|]; } }")]
    public Task Raw_memory_that_is_handed_out_or_crosses_an_await_is_found(string code) => Snippet.Check("WS0004", code);

    [Theory]
    [InlineData("using var pass = ws.Enter(); Span<float> s = x.Add(1).AsSpan<float>(); Show(s[0]);")]
    [InlineData("float[] a; using (ws.Enter()) { a = x.Add(1).ToArray<float>(); } Show(a[0]);")]
    [InlineData("float f; using (ws.Enter()) { Span<float> s = x.Add(1).AsSpan<float>(); f = s[0]; _last = Tensor.From(s.ToArray()).MoveTo(ws.OuterPass); } Show(f);")]
    [InlineData("Span<float> s; using (ws.Enter()) { s = x.AsSpan<float>(); } Show(s[0]);")]
    [InlineData("Tensor t = x.Add(1); Span<float> s = t.AsSpan<float>(); t.Dispose(); Show(s[0]);")]
    [InlineData("int length; using (ws.Enter()) { length = x.Add(1).AsSpan<float>().Length; } Show(length);")]
    public Task Raw_memory_inside_its_pass_is_not(string code) => Snippet.Check("WS0004", code);

    [Theory]
    [InlineData("public class Run { public static async Task Of(Workspace ws, Tensor x, Stream s) { using var pass = ws.Enter(); Memory<byte> m = x.AsMemory<byte>(); await s.WriteAsync(m); await s.WriteAsync(m); } }")]
    [InlineData("public class Run { public static float Of(Workspace ws, Tensor x) { using var pass = ws.Enter(); return x.Add(1).AsSpan<float>()[0]; } }")]
    [InlineData("public class Run { public static async Task Of(Tensor x) { nint p; unsafe { p = (nint)Unsafe.AsPointer(ref x.AsSpan<float>()[0]); } Console.WriteLine(p); await Task.Yield(); } }")]
    public Task Memory_may_cross_an_await_inside_its_pass(string code) => Snippet.Check("WS0004", code);

    [Theory]
    [InlineData(
        "Span<float> s; using (ws.Enter()) { s = x.Add(1).AsSpan<float>(); } Show(s[0]);",
        "Span<float> s; using (ws.Enter()) { s = x.Add(1).ToArray<float>(); } Show(s[0]);")]
    [InlineData(
        "Span<byte> s; using (var pass = ws.Enter()) { s = pass.Allocate(10).AsSpan(); } Show(s[0]);",
        "Span<byte> s; using (var pass = ws.Enter()) { s = pass.Allocate(10).AsSpan().ToArray(); } Show(s[0]);")]
    [InlineData(
        "Span<float> s; using (var pass = ws.Enter()) { s = pass.Allocate(8).AsSpan<float>(); } Show(s[0]);",
        "Span<float> s; using (var pass = ws.Enter()) { s = pass.Allocate(8).AsSpan<float>().ToArray(); } Show(s[0]);")]
    [InlineData(
        "Memory<float> m = x.AsMemory<float>(); x.Dispose(); Show(m.Length);",
        "Memory<float> m = x.ToArray<float>(); x.Dispose(); Show(m.Length);")]
    public Task The_fix_copies_the_elements(string before, string after) => FixedSnippet.Check(before, after);

    [Fact]
    public Task All_are_copied_at_once() => FixedSnippet.CheckAll(
        "Memory<float> a, b; using (ws.Enter()) { a = x.Add(1).AsMemory<float>(); b = x.Add(2).AsMemory<float>(); } Show(a.Length, b.Length);",
        "Memory<float> a, b; using (ws.Enter()) { a = x.Add(1).ToArray<float>(); b = x.Add(2).ToArray<float>(); } Show(a.Length, b.Length);");
}
