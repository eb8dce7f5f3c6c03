using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Cycles;

/// <summary>Chains of recorded ops that grow: a state carried from pass to pass without Detach, a sum of losses, a loop without an end.</summary>
public sealed class ChainTests : IDisposable
{
    private const int Enough = 300;
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public ChainTests() => _workspace = _manager.Lease(new() { Name = "step" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void A_state_carried_on_without_Detach_throws_in_the_next_pass_with_its_name_and_its_path()
    {
        Tensor weight = Tensor.Ones([4, 4]).RequireGrad(), state;
        using (_workspace.Enter()) state = Tensor.Ones([2, 4]).MatMul(weight).Tanh().Named("state");
        using Pass pass = _workspace.Enter();
        StaleAccessException error = Assert.Throws<StaleAccessException>(() => state.MatMul(weight));
        Assert.Contains("'state'", error.By, StringComparison.Ordinal);
        Assert.Contains("Tanh[2, 4] ← MatMul[2, 4]", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("Detach().MoveTo", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_total_of_losses_throws_in_the_next_pass_and_says_Item()
    {
        Tensor weight = Tensor.Ones([4]).RequireGrad(), total = Tensor.Zeros([]);
        using (_workspace.Enter()) total = total + (weight * 2).Sum();
        using Pass pass = _workspace.Enter();
        StaleAccessException error = Assert.Throws<StaleAccessException>(() => total + (weight * 2).Sum());
        Assert.Contains("total += loss.Item()", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_moved_without_Detach_is_refused_with_the_remedy()
    {
        Tensor weight = Tensor.Ones([4, 4]).RequireGrad();
        using Pass pass = _workspace.Enter();
        Tensor state = Tensor.Ones([2, 4]).MatMul(weight);
        Assert.Contains("Detach()", Assert.Throws<InvalidOperationException>(() => state.MoveTo(_workspace.OuterPass)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_carried_on_in_one_pass_from_Backward_to_Backward_is_refused_with_its_path()
    {
        Tensor weight = Tensor.Ones([4, 4]).RequireGrad(), state = Tensor.Ones([2, 4]);
        state = state.MatMul(weight).Tanh();
        state.Sum().Backward();
        state = state.MatMul(weight).Tanh();
        Tensor loss = state.Sum();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => loss.Backward());
        Assert.Contains("Tanh[2, 4] ← MatMul[2, 4]", error.Message, StringComparison.Ordinal);
        Assert.Contains("Detach() a state", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sum_in_an_outer_pass_that_every_pass_adds_to_on_the_tape_is_a_chain_that_grows()
    {
        Tensor weight = Tensor.Ones([4]).RequireGrad(), total = Tensor.Zeros([4]);
        for (int i = 0; i < Enough; i++)
        {
            using Pass pass = _workspace.Enter();
            total.AddInPlace(weight * 2);
        }

        Finding finding = Assert.Single(Chains());
        Assert.Equal(("step", FindingSeverity.Warning), (finding.Workspace, finding.Severity));
        Assert.Contains("AddInPlace[4]", finding.Text, StringComparison.Ordinal);
        Assert.Contains("pass 1 of workspace 'step'", finding.Text, StringComparison.Ordinal);
        Assert.Contains("state.Detach()", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_turns_the_detector_off()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "off", UseCycleDetector = false });
        Tensor weight = Tensor.Ones([4]).RequireGrad(), total = Tensor.Zeros([4]);
        for (int i = 0; i < Enough; i++)
        {
            using Pass pass = workspace.Enter();
            total.AddInPlace(weight * 2);
        }

        Assert.Empty(Chains());
    }

    [Fact]
    public void A_state_that_is_detached_and_moved_is_no_chain()
    {
        Tensor weight = Tensor.Ones([4, 4]).RequireGrad(), state = Tensor.Ones([2, 4]), total = Tensor.Zeros([]);
        for (int i = 0; i < 2 * Enough; i++)
        {
            using Pass pass = _workspace.Enter();
            Tensor next = state.MatMul(weight).Tanh(), loss = next.Sum();
            loss.Backward();
            total.AddInPlace(loss.Detach());
            state.Dispose();
            state = next.Detach().MoveTo(_workspace.OuterPass);
        }

        Assert.Empty(_manager.Findings);
    }

    [Fact]
    public void A_pass_that_records_without_an_end_is_told_with_the_last_ops()
    {
        Tensor weight = Tensor.Ones([1]).RequireGrad(), state = Tensor.Ones([1]);
        using Pass pass = _workspace.Enter();
        for (int i = 1; i < 1 << 14; i++) state = (state * weight).Tanh();
        Assert.Empty(Chains());
        state = (state * weight).Tanh();
        using (_workspace.Enter()) Tensor.Ones([1]);
        Finding finding = Assert.Single(Chains());
        Assert.Contains("32768 recorded ops", finding.Text, StringComparison.Ordinal);
        Assert.Contains("Tanh[1] ← ", finding.Text, StringComparison.Ordinal);
        Assert.EndsWith("where no gradient is wanted.", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_outside_every_workspace_is_told_with_the_last_ops()
    {
        string text = Memory.Outside.Run(static () =>
        {
            using Tensor weight = Tensor.Ones([1]).RequireGrad();
            Tensor state = Tensor.Ones([1]);
            for (int i = 0; i < (1 << 14) + 1; i++)
            {
                Tensor next = state * weight;
                state.Dispose();
                state = next;
            }

            state.Dispose();
            return WorkspaceManager.Default.Findings.Last(static finding => finding.Code == FindingCodes.ChainGrows).Text;
        })!;
        Assert.Contains("outside every workspace", text, StringComparison.Ordinal);
        Assert.Contains("16384 recorded ops", text, StringComparison.Ordinal);
    }

    private Finding[] Chains() => [.. _manager.Findings.Where(static finding => finding.Code == FindingCodes.ChainGrows)];
}
