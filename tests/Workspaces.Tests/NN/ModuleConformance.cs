using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Tracking;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.Allocators;
using Workspaces.Tests.Golden;
using Workspaces.Tests.Ops;
using Workspaces.Tests.Planned;
using Xunit.Abstractions;

namespace Workspaces.Tests.NN;

/// <summary>
/// What every module must do. Inherit with a table of cases: values and gradients are PyTorch's and those of finite differences, evaluation and training
/// are kept apart, and a step lives in as little memory as its lower bound, without garbage and without leaving anything behind.
/// </summary>
/// <typeparam name="TTable">The table.</typeparam>
[Collection(nameof(AloneCollection))]
public abstract class ModuleConformance<TTable>(ITestOutputHelper output)
    where TTable : IModuleTable
{
    private const int Directions = 3;

    /// <summary>Elements of an input above which slopes are not checked: many elements step over some kink.</summary>
    private const int LargestChecked = 700;

    /// <summary>Bytes above the bound that are not the module's: the walk holds the seed of the gradient, one granule, for a few ops after its last use.</summary>
    private const long Seed = 64;

    public static TheoryData<ModuleCase> Modules => [.. TTable.Cases];

    public static TheoryData<ModuleCase, LifetimePolicy> Planned
    {
        get
        {
            var data = new TheoryData<ModuleCase, LifetimePolicy>();
            foreach (ModuleCase which in TTable.Cases)
            {
                data.Add(which, LifetimePolicy.Released);
                data.Add(which, LifetimePolicy.LastUse);
            }

            return data;
        }
    }

    /// <summary>The golden inputs are the input and after it the parameters, whose names stand in the attribute <c>parameters</c>.</summary>
    [Theory]
    [MemberData(nameof(Modules))]
    public void Values_and_gradients_are_those_of_PyTorch(ModuleCase which)
    {
        ArgumentNullException.ThrowIfNull(which);
        if (which.Golden is null) return;
        GoldenCase[] cases = [.. GoldenFile.Load(TTable.GoldenFile).Cases.Where(golden => golden.Op == which.Golden)];
        Assert.NotEmpty(cases);
        foreach (GoldenCase golden in cases) CompareWith(golden, which);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Gradients_equal_finite_differences(ModuleCase which)
    {
        ArgumentNullException.ThrowIfNull(which);
        const double step = 1e-5;
        if (which.CutsGradients) return;
        foreach (int[] shape in which.Shapes.Where(static shape => shape.Aggregate(1, static (length, size) => length * size) < LargestChecked))
        {
            using var workspace = WorkspaceManager.Create(new());
            using var trial = new ModuleTrial(which, DType.F64, shape, workspace.Manager);
            if (which.IsRandom) trial.Module.Eval();
            double[][] gradients = trial.Run()[1..];
            var random = new Random(5);
            for (int i = 0; i < gradients.Length; i++)
            {
                Tensor leaf = trial.Leaves[i].Value;
                double[] values = OpRun.Numbers(leaf);
                for (int k = 0; k < Directions && values.Length > 0; k++)
                {
                    double[] way = Direction(random, values.Length, onlyOne: k == 0);
                    double above = LossAt(trial, leaf, values, way, step), below = LossAt(trial, leaf, values, way, -step);
                    ModuleTrial.Load(leaf, values);
                    double expected = (above - below) / (2 * step), actual = gradients[i].Zip(way, (slope, part) => slope * part).Sum();
                    Close.To([expected], [actual], 1e-6, $"{which.Name} on [{string.Join(", ", shape)}]: slope of {trial.Leaves[i].Name}, direction {k}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Single_precision_follows_double_precision(ModuleCase which)
    {
        ArgumentNullException.ThrowIfNull(which);
        foreach (int[] shape in which.Shapes)
        {
            using var workspace = WorkspaceManager.Create(new());
            using var exact = new ModuleTrial(which, DType.F64, shape, workspace.Manager);
            using var single = new ModuleTrial(which, DType.F32, shape, workspace.Manager);
            if (which.IsRandom) exact.Module.Eval();
            if (which.IsRandom) single.Module.Eval();
            foreach (var (expected, actual) in exact.Run().Zip(single.Run())) Close.To(expected, actual, 20 * which.Tolerance, $"{which.Name}, float32");
        }
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Evaluation_repeats_itself_and_differs_from_training_only_where_it_says_so(ModuleCase which)
    {
        ArgumentNullException.ThrowIfNull(which);
        using var workspace = WorkspaceManager.Create(new());
        using var trial = new ModuleTrial(which, DType.F32, which.Shapes[^1], workspace.Manager);
        double[] training = trial.Run()[0];
        trial.Module.Eval();
        double[] evaluated = trial.Run()[0];
        Close.SameBits(evaluated, trial.Run()[0], "evaluation");
        if (which.IsRandom || which.ChangesInEvaluation) Assert.NotEqual(training, evaluated);
        else Close.SameBits(training, evaluated, "training and evaluation");
        trial.Module.Train();
        Assert.True(trial.Module.IsTraining);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Equal_seeds_give_equal_parameters_and_others_others(ModuleCase which)
    {
        ArgumentNullException.ThrowIfNull(which);
        using var manager = new WorkspaceManager();
        using Module first = which.Make(DType.F32, manager), second = which.Make(DType.F32, manager);
        first.Initialize(3);
        second.Initialize(3);
        double[][] values = Parameters(first);
        Assert.Equal(values, Parameters(second));
        Assert.All(values, array => Assert.All(array, value => Assert.True(double.IsFinite(value))));
        second.Initialize(4);
        if (values.Any(array => array.Distinct().Count() > 1)) Assert.NotEqual(values, Parameters(second));
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Threads_workspaces_and_passes_change_no_bit(ModuleCase which)
    {
        ArgumentNullException.ThrowIfNull(which);
        foreach (int[] shape in which.Shapes)
        {
            double[][] expected = RunIn(new() { WorkspaceMode = WorkspaceMode.None }, 1, shape);
            foreach (int threads in (int[])[1, 3])
            {
                double[][] actual = RunIn(new() { HelperMinSize = 1 }, threads, shape);
                foreach (var (before, after) in expected.Zip(actual)) Close.SameBits(before, after, $"{which.Name}, {threads} threads");
            }
        }

        double[][] RunIn(WorkspaceConfiguration configuration, int threads, int[] shape)
        {
            using var manager = new WorkspaceManager();
            manager.KernelThreads = threads;
            using Workspace workspace = manager.Lease(configuration);
            using var trial = new ModuleTrial(which, DType.F32, shape, manager);
            if (which.IsRandom) trial.Module.Initialize(1);
            using Pass pass = workspace.Enter();
            return trial.Run();
        }
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Intermediates_are_released(ModuleCase which)
    {
        ArgumentNullException.ThrowIfNull(which);
        foreach (int[] shape in which.Shapes)
        {
            using var workspace = WorkspaceManager.Create(new());
            using var trial = new ModuleTrial(which, DType.F32, shape, workspace.Manager);
            long before = workspace.Memory.Allocated;
            trial.Unread();
            Assert.Equal(before, workspace.Memory.Allocated);
            trial.Infer();
            Assert.Equal(before, workspace.Memory.Allocated);
        }
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Traces_the_same_on_shapes_alone(ModuleCase which)
    {
        ArgumentNullException.ThrowIfNull(which);
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        foreach (int[] shape in which.Shapes)
        {
            using var trial = new ModuleTrial(which, DType.F32, shape, manager);
            using (workspace.EnterShapes()) trial.Unread();
            TraceEntry[] traced = workspace.LastTrace!.Entries.ToArray();
            using (workspace.Enter()) trial.Unread();
            Assert.Equal(workspace.LastTrace.Entries.ToArray(), traced);
        }
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Refused_memory_leaves_nothing_behind(ModuleCase which)
    {
        ArgumentNullException.ThrowIfNull(which);
        var native = new StatisticsAllocator(new NativeAllocator());
        for (long nth = 1; ; nth++)
        {
            var allocator = new FaultInjectingAllocator(native, nth);
            bool refused = false;
            using (var manager = new WorkspaceManager(allocator: allocator))
            using (Workspace workspace = manager.Lease(new() { WorkspaceMode = WorkspaceMode.None }))
            {
                try
                {
                    using var trial = new ModuleTrial(which, DType.F32, which.Shapes[0], manager);
                    long before = workspace.Memory.External;
                    refused |= IsRefused(trial.Infer);
                    Assert.Equal(before, workspace.Memory.External);
                    refused |= IsRefused(() =>
                    {
                        using Pass pass = workspace.Enter();
                        trial.Unread();
                    });
                    Assert.Equal(before, workspace.Memory.External);
                }
                catch (OutOfWorkspaceException)
                {
                    refused = true; // while the module was made
                }
            }

            Assert.Equal(0, native.Statistics.LiveBytes);
            if (!refused) return;
        }
    }

    [Theory]
    [MemberData(nameof(Planned))]
    public void A_step_runs_in_its_lower_bound_without_garbage(ModuleCase which, LifetimePolicy lifetimes)
    {
        ArgumentNullException.ThrowIfNull(which);
        using var planned = new PlannedWorkspace(lifetimes);
        using var trial = new ModuleTrial(which, DType.F32, which.Shapes[^1], planned.Manager);
        using Optimizer? optimizer = trial.Leaves.Count == 0 ? null : new Sgd(trial.Leaves, 1e-6);
        void Step()
        {
            using Pass pass = planned.Workspace.Enter();
            Tensor loss, y = trial.Module.Forward(trial.Input), squares = y.Square();
            trial.Release(y);
            using (squares) loss = squares.Sum();
            loss.Backward();
            optimizer?.Step();
            loss.Item();
        }

        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) Step();
        Garbage.AssertNone(100, Step);
        planned.AssertPlanned();
        long bound = planned.Workspace.LastTrace!.LowerBoundBytes(), peak = planned.Workspace.PlannedPeakBytes;
        double most = lifetimes == LifetimePolicy.LastUse ? 1.0 : 1.02;
        output.WriteLine($"{which.Name}, {lifetimes}: {peak} bytes, bound {bound}, {peak / (double)bound:F4}");
        if (peak > (most * bound) + Seed) Describe(planned.Workspace.LastTrace);
        Assert.InRange(peak, bound, (long)(most * bound) + Seed);
    }

    private static void CompareWith(GoldenCase golden, ModuleCase which)
    {
        using var workspace = WorkspaceManager.Create(new());
        DType dtype = golden.Output.DType == "f64" ? DType.F64 : DType.F32;
        using Module module = which.Make(dtype, workspace.Manager);
        if (which.IsRandom || golden.Attributes.ContainsKey("eval")) module.Eval();
        Assert.Equal(golden.Attributes["parameters"].EnumerateArray().Select(static name => name.GetString()), module.Parameters.Select(static p => p.Name));
        foreach (var (parameter, start) in module.Parameters.Zip(golden.Inputs[1..]))
        {
            Assert.Equal(start.Shape, OpRun.DimsOf(parameter.Value));
            ModuleTrial.Load(parameter.Value, start.Values);
        }

        Tensor x = ModuleTrial.Make(golden.Inputs[0]);
        if (x.DType.IsFloatingPoint) x.RequireGrad();
        Tensor y = module.Forward(x);
        Assert.Equal(golden.Output.Shape, OpRun.DimsOf(y));
        double tolerance = dtype == DType.F64 ? 1e-11 : which.Tolerance;
        Close.To(golden.Output.Values, OpRun.Numbers(y), tolerance, $"{golden.Name}: output");
        y.Backward(ModuleTrial.Make(golden.Upstream!));
        if (golden.Gradients![0] is { } dX) Close.To(dX.Values, OpRun.Numbers(Assert.NotNull(x.Grad)), tolerance, $"{golden.Name}: gradient of the input");
        foreach (var (parameter, slope) in module.Parameters.Zip(golden.Gradients[1..]))
            Close.To(slope!.Values, OpRun.Numbers(Assert.NotNull(parameter.Grad)), tolerance, $"{golden.Name}: gradient of {parameter.Name}");
    }

    private static bool IsRefused(Action run)
    {
        try
        {
            run();
            return false;
        }
        catch (OutOfWorkspaceException)
        {
            return true;
        }
    }

    /// <summary>A single element, or every element by ±1.</summary>
    private static double[] Direction(Random random, int length, bool onlyOne)
    {
        int chosen = random.Next(length);
        return [.. Enumerable.Range(0, length).Select(i => onlyOne ? i == chosen ? 1.0 : 0.0 : random.Next(2) == 0 ? -1.0 : 1.0)];
    }

    private static double LossAt(ModuleTrial trial, Tensor leaf, double[] values, double[] way, double distance)
    {
        ModuleTrial.Load(leaf, [.. values.Zip(way, (value, part) => value + (distance * part))]);
        return trial.Loss();
    }

    private static double[][] Parameters(Module module) => [.. module.Parameters.Select(static parameter => OpRun.Numbers(parameter.Value))];

    /// <summary>Lists the blocks that others were made beside although nothing used them any more.</summary>
    private void Describe(PassTrace trace)
    {
        foreach (ref readonly TraceEntry entry in trace.Entries)
            output.WriteLine($"{entry.Op,-16} {entry.Bytes,9} bytes, birth {entry.Birth}, last use {entry.LastUse}, death {entry.Death}, uses {entry.Uses}");
    }
}
