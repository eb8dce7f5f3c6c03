using FsCheck;
using FsCheck.Fluent;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Autograd;

/// <summary>
/// Random programs of ops, views, writes in place, early disposal and nested passes. Where memory lies must not matter: values, gradients and refusals
/// are bit for bit those of the run in which every tensor owns its memory.
/// </summary>
public class RandomProgramTests
{
    private const int Rows = 3, Columns = 4, Kinds = 22, NestedPass = 16;

    /// <summary>
    /// The passes are equal, so nothing is ever used more often than recorded: no lifetime may be seen to end early. Passes nested in them differ from each
    /// other, so those are left out where uses count.
    /// </summary>
    [Theory]
    [InlineData(LifetimePolicy.Released)]
    [InlineData(LifetimePolicy.LastUse)]
    public void Programs_give_the_same_bits_with_and_without_workspaces(LifetimePolicy lifetimes) =>
        Prop.ForAll(Programs(), codes =>
        {
            int[] program = lifetimes == LifetimePolicy.LastUse ? [.. codes.Where(static code => code % Kinds != NestedPass)] : codes;
            List<double> expected = Run(program, WorkspaceMode.None), actual = Run(program, WorkspaceMode.Enabled, lifetimes);
            return expected.Select(seen => Bits(seen, lifetimes)).SequenceEqual(actual.Select(seen => Bits(seen, lifetimes)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(800).WithEndSize(60));

    [Fact]
    public void Programs_leave_no_bytes_behind() =>
        Prop.ForAll(Programs(), program =>
        {
            using var manager = new WorkspaceManager();
            using Workspace workspace = manager.Lease(new());
            using (Pass pass = workspace.Enter()) new Machine(workspace, pass).Run(program);
            return workspace.Memory.Allocated == 0 && workspace.Memory.External == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(60));

    [Fact]
    public void Programs_trace_the_same_on_shapes_alone_and_leave_what_lies_outside_as_it_was() =>
        Prop.ForAll(Programs(), program =>
        {
            using var manager = new WorkspaceManager();
            using Workspace workspace = manager.Lease(new());
            Tensor outside = Tensor.From<float>([.. Enumerable.Range(0, Rows * Columns).Select(static k => k / 5f)], [Rows, Columns]).RequireGrad();
            (outside * outside).Sum().Backward();
            string before = $"{outside} {outside.Grad} {outside.Version} {outside.Grad!.Value.Version}";
            Pass traced = workspace.EnterShapes();
            double[] expected = [.. new Machine(workspace, traced, outside).Run(program)];
            traced.Dispose();
            TraceEntry[] entries = workspace.LastTrace!.Entries.ToArray();
            Assert.Equal(before, $"{outside} {outside.Grad} {outside.Version} {outside.Grad!.Value.Version}");
            using (Pass pass = workspace.Enter()) Assert.Equal(expected, new Machine(workspace, pass, outside).Run(program));
            Assert.Equal(workspace.LastTrace!.Entries.ToArray(), entries);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(60));

    /// <summary>An op that is refused uses nothing, so where uses count, the next pass may refuse it because an operand is gone by then.</summary>
    private static long Bits(double seen, LifetimePolicy lifetimes) =>
        BitConverter.DoubleToInt64Bits(lifetimes == LifetimePolicy.LastUse && seen is -3 or -4 or -5 ? -3 : seen);

    private static Arbitrary<int[]> Programs() => Gen.Choose(0, int.MaxValue - 1).ArrayOf().ToArbitrary();

    /// <summary>Passes of the same program, so that headers and bytes of the first serve the second, and the others run on plans.</summary>
    private static List<double> Run(int[] program, WorkspaceMode mode, LifetimePolicy lifetimes = LifetimePolicy.Released)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { WorkspaceMode = mode, Lifetimes = lifetimes });
        List<double> seen = [];
        for (int i = 0; i < 4; i++)
        {
            using Pass pass = workspace.Enter();
            seen.AddRange(new Machine(workspace, pass).Run(program));
        }

        return seen;
    }

    /// <summary>Tensors on a stack; each number of a program is one step.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="pass">Its open pass.</param>
    /// <param name="outside">A leaf that lives outside the pass and takes part in it; then no number is read, only refusals are seen.</param>
    private sealed class Machine(Workspace workspace, Pass pass, Tensor? outside = null)
    {
        private readonly List<Tensor> _stack = [];
        private readonly List<double> _seen = [];
        private readonly List<Tensor> _leaves = [];

        public List<double> Run(int[] program)
        {
            for (int i = 0; i < 3; i++)
            {
                Tensor leaf = Tensor.From<float>([.. Enumerable.Range(0, Rows * Columns).Select(k => (float)Math.Sin((i * 7) + k))], [Rows, Columns]);
                _leaves.Add(leaf.RequireGrad());
                _stack.Add(leaf);
            }

            if (outside is { } leafOutside) _stack.Add(leafOutside);
            foreach (int code in program) Step(code);
            Tensor? last = _stack.FindLast(tensor => tensor.IsAlive && tensor.RequiresGrad);
            if (last is { IsAlive: true } result) Attempt(() => result.Sum().Backward());
            foreach (Tensor leaf in _leaves)
            {
                if (leaf.IsAlive) _seen.AddRange(leaf.Grad is { } gradient ? Numbers(gradient) : [-1]);
            }

            foreach (Tensor tensor in _stack) _seen.AddRange(tensor.IsAlive ? Numbers(tensor) : [-2]);
            return _seen;
        }

        private IEnumerable<double> Numbers(Tensor tensor) =>
            outside is null ? tensor.ToArray<float>().Select(value => (double)value) : [tensor.Length, tensor.RequiresGrad ? 1 : 0];

        private void Step(int code)
        {
            int kind = code % Kinds;
            Tensor a = _stack[code / Kinds % _stack.Count], b = _stack[code / 1000 % _stack.Count];
            Attempt(() =>
            {
                if (kind <= NestedPass) _stack.Add(Make(kind, a, b, code));
                else Change(kind, a, b);
            });
        }

        private Tensor Make(int kind, Tensor a, Tensor b, int code) => kind switch
        {
            0 => a + b,
            1 => a * b,
            2 => a - b,
            3 => a.Tanh(),
            4 => a.Relu(),
            5 => a.Sigmoid(),
            6 => a.Maximum(b),
            7 => Tensor.Full([Rows, Columns], code % 7),
            8 => a.Transpose().Reshape(Rows, Columns),
            9 => a.Select(0, code % Rows).BroadcastTo([Rows, Columns]),
            10 => a.Slice(1, 0, 1) * b,
            11 => a.MatMul(b.Transpose()).Softmax().MatMul(b),
            12 => a.Detach(),
            13 => a.Reshape(Rows, Columns),
            14 => a.Mean([1], keepDims: true) + b,
            15 => a.Copy(),
            _ => InNestedPass(a, b),
        };

        private Tensor InNestedPass(Tensor a, Tensor b)
        {
            using Pass inner = workspace.Enter();
            Tensor local = (a * b).Tanh();
            Tensor sum = local + a;
            sum.Sum().Backward();
            return sum.Detach().MoveTo(pass);
        }

        private void Change(int kind, Tensor a, Tensor b)
        {
            // A write to the outer tensor would end the graph that saved it, in the pass that computes alone: there such a step fails.
            if (outside is { } outer && a.IsAlive && ReferenceEquals(a.HeaderOrNull!.Storage, outer.HeaderOrNull)) return;
            switch (kind)
            {
                case 17: a.Dispose(); break;
                case 18: a.AddInPlace(b); break;
                case 19: a.MultiplyInPlace(0.5); break;
                case 20: a.Select(0, 1).FillInPlace(2); break;
                default: b.CopyTo(a); break;
            }
        }

        /// <summary>A refusal is part of what a program does; its kind is compared too.</summary>
        private void Attempt(Action action)
        {
            try
            {
                action();
            }
            catch (StaleAccessException)
            {
                _seen.Add(-3);
            }
            catch (ShapeException)
            {
                _seen.Add(-4);
            }
            catch (InvalidOperationException)
            {
                _seen.Add(-5);
            }
        }
    }
}
