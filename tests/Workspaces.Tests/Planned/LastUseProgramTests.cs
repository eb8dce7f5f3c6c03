using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>
/// Random programs whose passes differ: ops are left out, doubled, put in, tensors released and kept. As long as a tensor is alive its bytes are those of a
/// run on plain arrays; when it is not, using it throws and names the remedy.
/// </summary>
public sealed class LastUseProgramTests
{
    [Theory]
    [InlineData(LifetimePolicy.LastUse)]
    [InlineData(LifetimePolicy.Released)]
    public void A_living_tensor_has_its_own_bytes_however_passes_differ(LifetimePolicy lifetimes) =>
        Prop.ForAll(Programs(), program => Run(program, lifetimes)).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(40));

    private static Arbitrary<int[]> Programs() => Gen.Choose(0, int.MaxValue - 1).ArrayOf().ToArbitrary();

    private static bool Run(int[] program, LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        var random = new Random(program.Length == 0 ? 0 : program[0]);
        planned.Passes(4, _ => new Machine(lifetimes).Run(program));
        for (int i = 0; i < 16; i++)
        {
            int[] changed = i % 4 == 3 ? program : Changed(program, random);
            planned.Passes(1, _ => new Machine(lifetimes).Run(changed));
            if (planned.Workspace.Memory.Allocated != 0) return false;
        }

        return true;
    }

    private static int[] Changed(int[] program, Random random)
    {
        var changed = new List<int>(program);
        for (int i = random.Next(1, 4); i > 0 && changed.Count > 0; i--)
        {
            int at = random.Next(changed.Count);
            switch (random.Next(3))
            {
                case 0: changed.RemoveAt(at); break;
                case 1: changed.Insert(at, changed[random.Next(changed.Count)]); break;
                default: changed[at] = random.Next(); break;
            }
        }

        return [.. changed];
    }

    private sealed class Machine(LifetimePolicy lifetimes)
    {
        private readonly List<(Tensor Tensor, float[] Expected)> _stack = [];

        public void Run(int[] program)
        {
            for (int i = 1; i <= 3; i++) Push(Tensor.Full([40 * i], i), [.. Enumerable.Repeat((float)i, 40 * i)]);
            foreach (int code in program)
            {
                Step(code);
                Check();
            }
        }

        private void Step(int code)
        {
            (Tensor a, float[] x) = _stack[code / 16 % _stack.Count];
            try
            {
                switch (code % 16)
                {
                    case 0: a.Dispose(); break;
                    case 1: a.Keep(); break;
                    case 2: Assert.Equal(x[^1], a.Select(0, -1).Item()); break;
                    case 3: Push(a.Slice(0, 0, x.Length / 2) * 1, x[..(x.Length / 2)]); break;
                    case 4: Push(Tensor.Full([code / 999 % 200], 5), [.. Enumerable.Repeat(5f, code / 999 % 200)]); break;
                    case 5: Assert.Equal(x.Length, a.AsSpan<float>().Length); break;
                    case 6 or 7: Push(a.Relu(), [.. x.Select(value => Math.Max(value, 0))]); break;
                    case 8: Push(a.Negate(), [.. x.Select(value => -value)]); break;
                    case 9 or 10: Push(a + a, [.. x.Select(value => value + value)]); break;
                    default: Push(a + 1, [.. x.Select(value => value + 1)]); break;
                }
            }
            catch (StaleAccessException error)
            {
                Assert.False(a.IsAlive);
                if (!error.Message.Contains("Keep()", StringComparison.Ordinal)) Assert.Contains("was released", error.Message, StringComparison.Ordinal);
                else Assert.Equal(LifetimePolicy.LastUse, lifetimes);
            }
        }

        private void Push(Tensor tensor, float[] expected)
        {
            if (expected.Length > 0) _stack.Add((tensor, expected));
        }

        /// <summary>Looks at the bytes without using the tensors.</summary>
        private void Check()
        {
            foreach ((Tensor tensor, float[] expected) in _stack)
            {
                if (tensor.IsAlive) Assert.True(TensorMemory.Span<float>(tensor.HeaderOrNull!).SequenceEqual(expected));
            }
        }
    }
}
