using FsCheck;
using FsCheck.Fluent;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Xunit.Abstractions;

namespace Workspaces.Tests.Planned;

/// <summary>
/// Whole models in planned passes: as little memory as their lower bound, no garbage, no call to the system, and the bits of the run in which every tensor
/// owns its memory.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class ModelPlanTests(ITestOutputHelper output)
{
    private const int Steps = 40;

    public static TheoryData<string, LifetimePolicy> Cases
    {
        get
        {
            var data = new TheoryData<string, LifetimePolicy>();
            foreach (string kind in new[] { "sgd", "adam", "dropout", "inference", "deep", "wide", "every module" })
            {
                data.Add(kind, LifetimePolicy.Released);
                data.Add(kind, LifetimePolicy.LastUse);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_model_runs_in_its_lower_bound_without_garbage_and_with_the_same_bits(string kind, LifetimePolicy lifetimes)
    {
        ModelSpec spec = Named(kind);
        int[] expected = Bits(spec, new() { WorkspaceMode = WorkspaceMode.None });
        int[] actual = Bits(spec, new() { Lifetimes = lifetimes });
        Assert.Equal(expected, actual);

        using var planned = new PlannedWorkspace(lifetimes);
        using var run = new ModelRun(spec, planned.Manager);
        void Step()
        {
            using Pass pass = planned.Workspace.Enter();
            run.Step();
        }

        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) Step();
        long calls = planned.Workspace.SystemCalls;
        Garbage.AssertNone(250, Step);
        Assert.Equal(calls, planned.Workspace.SystemCalls);
        AssertLeast(planned, lifetimes, kind);
    }

    [Theory]
    [InlineData(LifetimePolicy.Released)]
    [InlineData(LifetimePolicy.LastUse)]
    public void Random_chains_of_modules_run_in_their_lower_bound_with_the_same_bits(LifetimePolicy lifetimes) =>
        Prop.ForAll(Specs(), spec =>
        {
            int[] expected = Bits(spec, new() { WorkspaceMode = WorkspaceMode.None }, steps: 6);
            Assert.Equal(expected, Bits(spec, new() { Lifetimes = lifetimes }, steps: 6));
            using var planned = new PlannedWorkspace(lifetimes);
            using var run = new ModelRun(spec, planned.Manager);
            planned.Passes(PlannedWorkspace.WarmUp, _ => run.Step());
            AssertLeast(planned, lifetimes, spec.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithEndSize(14));

    [Theory]
    [InlineData(LifetimePolicy.Released, 32, new[] { -4, 16, -5, 16, -3, 64, 24, -1, -3, 16, 10 }, "adam")]
    [InlineData(LifetimePolicy.LastUse, 64, new[] { 96, 64, 24, 96, -4, -5, -6, 24, -2, 24, 128, 10 }, "sgd")]
    public void Chains_that_were_once_above_their_bound(LifetimePolicy lifetimes, int batch, int[] layers, string optimizer)
    {
        var spec = new ModelSpec(batch, layers, optimizer);
        using var planned = new PlannedWorkspace(lifetimes);
        using var run = new ModelRun(spec, planned.Manager);
        planned.Passes(PlannedWorkspace.WarmUp, _ => run.Step());
        AssertLeast(planned, lifetimes, spec.ToString());
    }

    private void AssertLeast(PlannedWorkspace planned, LifetimePolicy lifetimes, string what)
    {
        planned.AssertPlanned();
        PassTrace trace = planned.Workspace.LastTrace!;
        long bound = trace.LowerBoundBytes(), peak = planned.Workspace.PlannedPeakBytes;
        double ratio = peak / (double)bound;
        output.WriteLine($"{what}, {lifetimes}: {peak} bytes, bound {bound}, {ratio:F4}");
        if (ratio > (lifetimes == LifetimePolicy.LastUse ? 1.0 : 1.02)) Describe(trace);
        Assert.InRange(ratio, 1, lifetimes == LifetimePolicy.LastUse ? 1.0 : 1.02);
    }

    /// <summary>Lists the blocks that others were made beside although nothing used them any more.</summary>
    private void Describe(PassTrace trace)
    {
        foreach (ref readonly TraceEntry entry in trace.Entries)
        {
            int made = 0;
            foreach (ref readonly TraceEntry other in trace.Entries)
            {
                if (other.Birth > entry.LastUse && (entry.Death < 0 || other.Birth < entry.Death)) made++;
            }

            output.WriteLine($"{entry.Op,-14} {entry.Bytes,9} bytes, {entry.Birth}, last use {entry.LastUse}, death {entry.Death}, uses {entry.Uses}: {made} made too early");
        }
    }

    private static ModelSpec Named(string kind) => kind switch
    {
        "sgd" => new(64, [300, -1, 200, -1, 10], "sgd"),
        "adam" => new(64, [300, -1, 200, -1, 10], "adam"),
        "dropout" => new(64, [128, -1, -4, 256, -2, -4, 10], "sgd"),
        "inference" => new(64, [300, -1, 200, -3, 10], "none"),
        "deep" => new(256, [64, -1, 64, -1, 64, -1, 64, -1, 64, -1, 64, -1, 64, -1, 64, -1, 64, -1, 10], "sgd"),
        "wide" => new(128, [1024, -2, 32, -1, 512, -3, 10], "sgd"),
        _ => new(96, [128, -1, 64, -2, -6, 96, -3, -4, 48, -5, 10], "adam"),
    };

    private static Arbitrary<ModelSpec> Specs()
    {
        Gen<int> layer = Gen.OneOf(Gen.Choose(-6, -1), Gen.Elements(16, 24, 64, 96, 128));
        return (from layers in layer.ArrayOf()
                from batch in Gen.Elements(32, 64, 200)
                from optimizer in Gen.Elements("sgd", "adam", "none")
                select new ModelSpec(batch, [.. layers, 10], optimizer)).ToArbitrary();
    }

    private static int[] Bits(ModelSpec spec, WorkspaceConfiguration configuration, int steps = Steps)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(configuration);
        using var run = new ModelRun(spec, manager);
        var bits = new List<int>();
        for (int i = 0; i < steps; i++)
        {
            using Pass pass = workspace.Enter();
            bits.Add(BitConverter.SingleToInt32Bits(run.Step()));
        }

        bits.AddRange(run.ParameterBits());
        return [.. bits];
    }
}
