using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>After warm-up a pass makes no managed garbage and asks the system for nothing, whatever it consists of.</summary>
[Collection(nameof(AloneCollection))]
public sealed class SteadyPassTests
{
    private const int Rounds = 1_000;

    public static TheoryData<LifetimePolicy, LearningPolicy, AllocationPolicy> Policies
    {
        get
        {
            var data = new TheoryData<LifetimePolicy, LearningPolicy, AllocationPolicy>();
            foreach (LifetimePolicy lifetimes in Enum.GetValues<LifetimePolicy>().Distinct())
            {
                foreach (LearningPolicy learning in Enum.GetValues<LearningPolicy>().Distinct())
                {
                    foreach (AllocationPolicy allocation in Enum.GetValues<AllocationPolicy>().Distinct()) data.Add(lifetimes, learning, allocation);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Training_steps_with_nested_passes_and_lanes(LifetimePolicy lifetimes, LearningPolicy learning, AllocationPolicy allocation)
    {
        using var planned = new PlannedWorkspace(lifetimes, configuration => configuration with
        {
            PolicyLearning = learning, PolicyAllocation = allocation, InitialSize = learning == LearningPolicy.None ? 1 << 20 : 0,
        });
        Workspace workspace = planned.Workspace;
        using var training = new Training(planned.Manager);
        AssertSteady(planned, learning != LearningPolicy.None && allocation != AllocationPolicy.Always, () =>
        {
            using Pass pass = workspace.Enter();
            training.Step();
            using (workspace.Enter()) training.Evaluate();
            using Lanes lanes = pass.Fork(2);
            for (int i = 0; i < 2; i++)
            {
                using Pass lane = lanes.Enter(i);
                training.Evaluate();
            }
        });
    }

    [Theory]
    [InlineData(LifetimePolicy.Released)]
    [InlineData(LifetimePolicy.LastUse)]
    public void A_hop_to_another_thread_in_each_pass(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        using var training = new Training(planned.Manager);
        using var elsewhere = new HandOver(training.Evaluate);
        AssertSteady(planned, mustBePlanned: true, () =>
        {
            using Pass pass = planned.Workspace.Enter();
            training.Step();
            elsewhere.Run();
            training.Evaluate();
        });
    }

    /// <summary>Every pass has one request more, each time of another kind and at another place, so that no plan has room for it.</summary>
    [Fact]
    public void A_spill_in_each_pass()
    {
        using var planned = new PlannedWorkspace();
        uint number = 1;
        void Pass()
        {
            using Pass pass = planned.Workspace.Enter();
            number = (number * 1664525) + 1013904223;
            uint at = number >> 8;
            Tensor x = Tensor.Ones([100]);
            for (uint i = 0; i < 20; i++)
            {
                if (i == at % 20) Tensor.Empty([1 + (at % 5000)], (DType)(at % 5)).Dispose();
                Tensor next = x + 1;
                x.Dispose();
                x = next;
            }

            if (x.Item0() != 21) throw new InvalidOperationException("wrong bytes");
        }

        for (int i = 0; i < 2_500; i++) Pass();
        long deviations = planned.Workspace.Deviations, calls = planned.Workspace.SystemCalls;
        Garbage.AssertNone(400, Pass);
        Assert.True(planned.Workspace.Deviations >= deviations + 250);
        Assert.Equal(calls, planned.Workspace.SystemCalls);
    }

    /// <summary>Odd sizes and lives, for which better plans are found between passes: what is computed never changes, and the search ends.</summary>
    [Theory]
    [InlineData(LifetimePolicy.Released, 11)]
    [InlineData(LifetimePolicy.Released, 12)]
    [InlineData(LifetimePolicy.LastUse, 13)]
    public void Better_plans_found_meanwhile_change_nothing_but_places(LifetimePolicy lifetimes, int seed)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        var random = new Random(seed);
        (int Size, int Life)[] blocks = [.. Enumerable.Range(0, 120).Select(_ => (random.Next(1, 2000), random.Next(1, 25)))];
        var live = new Tensor[blocks.Length];
        double? expected = null;
        void Pass()
        {
            using Pass pass = planned.Workspace.Enter();
            double sum = 0;
            for (int i = 0; i < blocks.Length; i++)
            {
                live[i] = Tensor.Full([blocks[i].Size], i);
                for (int k = 0; k < i; k++)
                {
                    if (k + blocks[k].Life != i) continue;
                    sum = (sum * 0.9) + live[k].Item0();
                    live[k].Dispose();
                }
            }

            if (sum != (expected ??= sum)) throw new InvalidOperationException($"{sum} is not {expected}");
        }

        for (int i = 0; i < Rounds; i++) Pass();
        planned.AssertPlanned();
        Assert.True(planned.Workspace.PlansMade >= 1);
        long plans = planned.Workspace.PlansMade;
        Garbage.AssertNone(500, Pass);
        Assert.Equal(plans, planned.Workspace.PlansMade);
        planned.AssertPlanned();
    }

    private static void AssertSteady(PlannedWorkspace planned, bool mustBePlanned, Action round)
    {
        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) round();
        long calls = planned.Workspace.SystemCalls, plans = planned.Workspace.PlansMade;
        Garbage.AssertNone(Rounds, round);
        Assert.Equal(calls, planned.Workspace.SystemCalls);
        Assert.Equal(plans, planned.Workspace.PlansMade);
        if (mustBePlanned) planned.AssertPlanned();
    }

    /// <summary>A small network and what it is trained with.</summary>
    private sealed class Training : IDisposable
    {
        private readonly Sequential _model;
        private readonly Adam _optimizer;
        private readonly Tensor _x = Tensor.Ones([8, 6]);
        private readonly Tensor _labels = Tensor.Zeros([8], DType.I64);

        public Training(WorkspaceManager manager)
        {
            _model = [new Linear(6, 20, seed: 1, manager: manager), new Workspaces.NN.Tanh(), new Workspaces.NN.Dropout(0.1, 3), new Linear(20, 4, seed: 2, manager: manager)];
            _optimizer = new Adam(_model.Parameters, 1e-4);
        }

        public void Step()
        {
            _model.Train();
            Tensor loss = _model.Forward(_x).CrossEntropy(_labels);
            loss.Backward();
            _optimizer.Step();
            if (!float.IsFinite(loss.Item())) throw new InvalidOperationException("the loss is not finite");
        }

        public void Evaluate()
        {
            _model.Eval();
            using NoGradScope off = Gradients.Off();
            long right = _model.Forward(_x).ArgMax().Equal(_labels).Sum().Item<long>();
            if (right is < 0 or > 8) throw new InvalidOperationException($"{right} of 8 right");
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _model.Dispose();
            _x.Dispose();
            _labels.Dispose();
        }
    }
}
