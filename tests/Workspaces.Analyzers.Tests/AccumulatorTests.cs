namespace Workspaces.Analyzers.Tests;

/// <summary>WS0005.</summary>
public sealed class AccumulatorTests
{
    [Theory]
    [InlineData("Tensor total = Tensor.Zeros([]); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); [|total = total + x.Sum()|]; } Show(total.Item());")]
    [InlineData("Tensor total = Tensor.Zeros([]); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); [|total += x.Sum()|]; } Show(total.Item());")]
    [InlineData("Tensor total = Tensor.Zeros([]); foreach (int i in new[] { 1 }) { using (ws.Enter()) { Tensor loss = x.Sum(); [|total = total.Add(loss)|]; } }")]
    [InlineData("Tensor total = Tensor.Zeros([]); while (x.Rank > 0) { using var step = manager.Lease(cfg); [|total = x.Sum() + total|]; }")]
    [InlineData("using var pass = ws.Enter(); [|_last = _last + x.Sum()|];")]
    [InlineData("using var pass = ws.Enter(); [|_last += x.Sum()|];")]
    [InlineData("Tensor state = x; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); [|state = model.Forward(state)|]; }")]
    public Task A_sum_that_dies_with_its_pass_is_found(string code) => Snippet.Check("WS0005", code);

    [Theory]
    [InlineData("double total = 0; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); total += x.Sum().Item(); } Show(total);")]
    [InlineData("Tensor total = Tensor.Zeros([]); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); total.AddInPlace(x.Sum()); } Show(total.Item());")]
    [InlineData("Tensor total = Tensor.Zeros([]); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); total = (total + x.Sum()).MoveTo(ws.OuterPass); } Show(total.Item());")]
    [InlineData("using var pass = ws.Enter(); Tensor total = Tensor.Zeros([]); for (int i = 0; i < 3; i++) total = total + x.Sum(); Show(total.Item());")]
    [InlineData("using var pass = ws.Enter(); Tensor h = x; for (int i = 0; i < 3; i++) h = model.Forward(h); Show(h.Length);")]
    [InlineData("for (int i = 0; i < 3; i++) { Tensor h = x; using var pass = ws.Enter(); h = model.Forward(h); Show(h.Length); }")]
    [InlineData("Tensor total = Tensor.Zeros([]); for (int i = 0; i < 3; i++) total = total + x.Sum(); Show(total.Item());")]
    public Task A_sum_in_the_right_place_is_not(string code) => Snippet.Check("WS0005", code);

    [Theory]
    [InlineData(
        "Tensor sum = Tensor.Zeros([]); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); sum = sum + x.Sum(); } Show(sum.Item());",
        "Tensor sum = Tensor.Zeros([]); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); sum.AddInPlace(x.Sum().Detach()); } Show(sum.Item());", "InPlace")]
    [InlineData(
        "Tensor sum = Tensor.Zeros([]); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); sum += x * y; } Show(sum.Item());",
        "Tensor sum = Tensor.Zeros([]); for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); sum.AddInPlace((x * y).Detach()); } Show(sum.Item());", "InPlace")]
    [InlineData(
        "Tensor h = x; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); h = h.Subtract(y); }",
        "Tensor h = x; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); h.SubtractInPlace(y.Detach()); }", "InPlace")]
    [InlineData(
        "Tensor h = x; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); h = model.Forward(h); }",
        "Tensor h = x; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); h = model.Forward(h).Detach().MoveTo(ws.OuterPass); }", "DetachMoveTo")]
    public Task The_fix_keeps_the_sum_outside(string before, string after, string key) => FixedSnippet.Check(before, after, key);

    [Fact]
    public Task All_sums_are_fixed_at_once() => FixedSnippet.CheckAll(
        "Tensor a = x, b = x; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); a = a + y; b += y; }",
        "Tensor a = x, b = x; for (int i = 0; i < 3; i++) { using var pass = ws.Enter(); a.AddInPlace(y.Detach()); b.AddInPlace(y.Detach()); }", "InPlace");
}
