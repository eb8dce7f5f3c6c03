using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>Who owns what runs through a chain: intermediates die as soon as nothing needs them, the caller's tensors never.</summary>
public sealed class SequentialTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public SequentialTests() => _workspace = _manager.Lease(new());

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    private static Tensor Input() => Tensor.From<float>([1, -2, 3, -4, 5, -6], new Shape(2, 3));

    [Fact]
    public void Intermediates_are_stale_and_input_and_output_alive()
    {
        Tensor x = Input();
        Probe first = new(static x => x.Add(1)), second = new(static x => x.Multiply(2)), third = new(static x => x.Relu());
        using Sequential model = [first, second, third];
        Tensor y = model.Forward(x);
        Assert.True(x.IsAlive);
        Assert.False(first.Output.IsAlive);
        Assert.False(second.Output.IsAlive);
        Assert.True(y == third.Output);
        Assert.Equal([4, 0, 8, 0, 12, 0], y.ToArray<float>());
    }

    [Fact]
    public void Views_keep_the_tensor_under_them_until_the_next_copy()
    {
        Tensor x = Tensor.Ones(new Shape(2, 3, 4));
        Probe made = new(static x => x.Add(1)), after = new(static x => x.Add(1)), last = new(static x => x.Add(1));
        using Sequential model = [made, new Flatten(), new Dropout(0.5), new Probe(static x => x.Reshape(4, 6)), after, last];
        model.Eval();
        after.Before = () => Assert.True(made.Output.IsAlive);
        last.Before = () => Assert.False(made.Output.IsAlive);
        Tensor y = model.Forward(x);
        Assert.False(after.Output.IsAlive);
        Assert.Equal(new Shape(4, 6), y.Shape);
        Assert.All(y.ToArray<float>(), static value => Assert.Equal(4, value));
    }

    [Fact]
    public void A_view_as_the_output_keeps_its_base()
    {
        Probe made = new(static x => x.Add(1));
        using Sequential model = [made, new Flatten(0)];
        Tensor y = model.Forward(Input());
        Assert.True(made.Output.IsAlive);
        Assert.Equal([2, -1, 4, -3, 6, -5], y.ToArray<float>());
    }

    [Fact]
    public void A_view_made_by_a_module_of_its_own_result_frees_that_result()
    {
        Tensor inner = default;
        Probe module = new(x => (inner = x.Add(1)).Transpose(0, 1));
        using Sequential model = [module, new ReLU()];
        model.Forward(Input());
        Assert.False(inner.IsAlive);
        Assert.False(module.Output.IsAlive);
    }

    [Fact]
    public void Chains_that_only_pass_on_return_the_input_itself()
    {
        Tensor x = Input();
        using var empty = new Sequential();
        using Sequential views = [new Flatten(), new Dropout(0), new Flatten()];
        Assert.True(x == empty.Forward(x));
        views.Forward(x);
        using Sequential more = [new Flatten(), new ReLU(), new ReLU()];
        more.Forward(x);
        Assert.True(x.IsAlive);
        Assert.Equal([1, -2, 3, -4, 5, -6], x.ToArray<float>());
    }

    [Fact]
    public void Tensors_that_a_module_had_before_are_left_alone()
    {
        Tensor kept = Tensor.Ones(new Shape(2, 3));
        using var weight = new Parameter(new Shape(2, 3), manager: _manager);
        using Sequential model = [new Probe(_ => kept), new ReLU(), new Probe(_ => weight.Value), new ReLU(), new Probe(_ => kept)];
        model.Forward(Input());
        Assert.True(kept.IsAlive);
        Assert.True(weight.Value.IsAlive);
    }

    [Fact]
    public void Nested_chains_free_each_result_once_and_at_once()
    {
        Probe a = new(static x => x.Add(1)), b = new(static x => x.Add(1)), c = new(static x => x.Add(1));
        b.Before = () => Assert.True(a.Output.IsAlive);
        c.Before = () => Assert.False(a.Output.IsAlive);
        using Sequential model = [new Sequential(a), new Sequential(new Flatten(), b), new Sequential(c, new Flatten())];
        Tensor y = model.Forward(Input());
        Assert.False(b.Output.IsAlive);
        Assert.Equal([4, 1, 6, -1, 8, -3], y.ToArray<float>());
    }

    [Fact]
    public void Modules_that_work_in_place_return_what_they_were_given()
    {
        Probe made = new(static x => x.Add(1));
        using Sequential model = [made, new Probe(static x => x.MultiplyInPlace(2)), new Probe(static x => x.AddInPlace(1))];
        Tensor y = model.Forward(Input());
        Assert.True(y == made.Output);
        Assert.Equal([5, -1, 9, -5, 13, -9], y.ToArray<float>());
    }

    [Fact]
    public void A_module_that_releases_its_input_does_no_harm()
    {
        using Sequential model = [new Probe(static x => x.Add(1)), new Probe(static x =>
        {
            Tensor y = x.Add(1);
            x.Dispose();
            return y.Add(1);
        }), new ReLU()];
        Assert.Equal([4, 1, 6, 0, 8, 0], model.Forward(Input()).ToArray<float>());
    }

    [Fact]
    public void A_module_that_throws_leaves_no_intermediate_behind()
    {
        Tensor x = Input();
        Probe made = new(static x => x.Add(1));
        using Sequential model = [made, new Flatten(), new Probe(static _ => throw new InvalidDataException("boom"))];
        long before = _workspace.Memory.Allocated;
        Assert.Throws<InvalidDataException>(() => model.Forward(x));
        Assert.False(made.Output.IsAlive);
        Assert.True(x.IsAlive);
        Assert.Equal(before, _workspace.Memory.Allocated);
    }

    [Fact]
    public void Gradients_are_those_of_a_chain_that_keeps_everything()
    {
        using Sequential model = [new Linear(3, 5, seed: 1), new Tanh(), new Flatten(), new Dropout(0.3, seed: 2), new Linear(5, 4, seed: 3)];
        Tensor x = Input().RequireGrad(), labels = Tensor.From<long>([1, 3]);
        ((Dropout)model[3]).MaskCount = 7;
        model.Forward(x).CrossEntropy(labels).Backward();
        float[][] freed = [.. model.Parameters.Select(static p => p.Grad!.Value.ToArray<float>()), x.Grad!.Value.ToArray<float>()];
        foreach (Parameter parameter in model.Parameters) parameter.ZeroGrad();
        ((Dropout)model[3]).MaskCount = 7;
        Tensor kept = Input().RequireGrad(), current = kept;
        foreach (Module module in model) current = module.Forward(current);
        current.CrossEntropy(labels).Backward();
        float[][] expected = [.. model.Parameters.Select(static p => p.Grad!.Value.ToArray<float>()), kept.Grad!.Value.ToArray<float>()];
        Assert.Equal(expected, freed);
        Assert.Contains(expected[0], static value => value != 0);
    }

    [Fact]
    public void The_input_may_be_released_with_using_before_backward()
    {
        using Sequential model = [new Linear(3, 5, seed: 1), new ReLU(), new Linear(5, 2, seed: 2)];
        Tensor loss;
        using (Tensor x = Input())
        using (Tensor y = model.Forward(x))
        {
            loss = y.CrossEntropy(Tensor.From<long>([1, 0]));
        }

        loss.Backward();
        Assert.All(model.Parameters, static p => Assert.Equal(GradientState.Accumulated, p.GradState));
    }

    [Fact]
    public void Evaluation_needs_two_layers_of_memory_whatever_the_depth()
    {
        const int depth = 20, width = 64, rows = 32;
        using var model = new Sequential();
        for (int i = 0; i < depth; i++) model.Add(new ReLU());
        long layer = rows * width * sizeof(float), freed, kept;
        using (Gradients.Off())
        {
            using Workspace chained = _manager.Lease(new() { Name = "chained" });
            using (chained.Enter()) model.Forward(Tensor.Ones(new Shape(rows, width)));
            freed = chained.PeakBytes;
            using Workspace manual = _manager.Lease(new() { Name = "manual" });
            using (manual.Enter())
            {
                Tensor current = Tensor.Ones(new Shape(rows, width));
                foreach (Module module in model) current = module.Forward(current);
            }

            kept = manual.PeakBytes;
        }

        Assert.Equal(3 * layer, freed);
        Assert.Equal((depth + 1) * layer, kept);
    }

    [Fact]
    public void Backward_returns_the_bytes_of_transferred_intermediates()
    {
        using Sequential model = [new Linear(3, 64, seed: 1), new ReLU(), new Linear(64, 64, seed: 2), new ReLU(), new Linear(64, 2, seed: 3)];
        Tensor x = Input(), labels = Tensor.From<long>([1, 0]);
        long before = _workspace.Memory.Allocated;
        Tensor y = model.Forward(x), loss = y.CrossEntropy(labels);
        long forward = _workspace.Memory.Allocated;
        loss.Backward();
        y.Dispose();
        loss.Dispose();
        Assert.True(forward > before);
        Assert.Equal(before, _workspace.Memory.Allocated);
    }

    [Fact]
    public void A_chain_works_outside_every_workspace()
    {
        using Sequential model = [new Linear(3, 4, seed: 1, manager: WorkspaceManager.Default), new ReLU(), new ReLU()];
        Memory.Outside.Run(() =>
        {
            using Tensor x = Input();
            Probe made = new(static x => x.Add(1));
            using Sequential chain = [made, new ReLU()];
            using Tensor y = chain.Forward(x);
            using Tensor z = model.Forward(x);
            Assert.False(made.Output.IsAlive);
            Assert.True(x.IsAlive);
            Assert.Equal([2, 0, 4, 0, 6, 0], y.ToArray<float>());
        });
    }
}
