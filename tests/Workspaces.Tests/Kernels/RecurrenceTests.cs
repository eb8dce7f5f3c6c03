using System.Numerics;
using Workspaces.Kernels.Recurrent;
using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

/// <summary>Recurrences of many samples: parts of them run by themselves, or threads share each step, and the weight may lie in panels.</summary>
public class RecurrenceTests : KernelConformance
{
    /// <summary>Samples, width of a state, steps: with panels and parts, with one of both, with neither, with widths that fill no register, and with so many samples that products of all have deeper blocks than those of a part would have.</summary>
    private static readonly (int Samples, int Hidden, int Steps)[] Shapes = [(33, 40, 5), (16, 24, 4), (27, 17, 6), (7, 130, 4), (24, 33, 3), (3, 20, 5), (256, 128, 4), (256, 33, 2)];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void The_bits_do_not_depend_on_the_number_of_threads(bool batchFirst, bool hasState)
    {
        foreach (RecurrenceSettings settings in Settings(batchFirst, hasState))
        {
            CheckThreads<float, LstmCell>(settings with { WithCell = hasState });
            CheckThreads<double, LstmCell>(settings);
            CheckThreads<float, GruCell>(settings);
            CheckThreads<double, TanhCell>(settings);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sample_among_others_gives_what_it_gives_alone(bool hasState)
    {
        foreach (RecurrenceSettings settings in Settings(batchFirst: true, hasState))
        {
            CheckAlone<LstmCell>(settings with { WithCell = hasState });
            CheckAlone<GruCell>(settings);
            CheckAlone<TanhCell>(settings);
        }
    }

    private static IEnumerable<RecurrenceSettings> Settings(bool batchFirst, bool hasState) => Shapes.Select((size, i) => new RecurrenceSettings
    {
        Samples = size.Samples, Hidden = size.Hidden, Steps = size.Steps, BatchFirst = batchFirst, HasState = hasState, Reverse = i % 2 == 1,
    });

    private static void CheckThreads<T, TCell>(in RecurrenceSettings settings)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TCell : IRecurrentCell
    {
        var alone = new Run<T>(settings, TCell.Gates, seed: 5);
        alone.Execute<TCell>(null);
        foreach (int threads in new[] { 2, 3 })
        {
            using var team = new KernelTeam(threads);
            var shared = new Run<T>(settings, TCell.Gates, seed: 5);
            shared.Execute<TCell>(team);
            for (int i = 0; i < alone.Results.Length; i++) Assert.Equal(alone.Results[i], shared.Results[i]);
        }
    }

    private static void CheckAlone<TCell>(in RecurrenceSettings settings)
        where TCell : IRecurrentCell
    {
        using var team = new KernelTeam(2);
        var all = new Run<double>(settings, TCell.Gates, seed: 7);
        Run<double>[] alone = [.. Enumerable.Range(0, settings.Samples).Select(all.Sample)];
        all.Execute<TCell>(team);
        for (int sample = 0; sample < alone.Length; sample++)
        {
            alone[sample].Execute<TCell>(null);
            double[][] expected = alone[sample].Results, actual = all.Sample(sample).Results;
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i].Length, actual[i].Length);
                for (int j = 0; j < expected[i].Length; j++)
                    AssertClose(expected[i][j], actual[i][j], 1e-11, $"{typeof(TCell).Name} {sample} of {settings.Samples}x{settings.Hidden}, {settings.Steps} steps, {i} [{j}]");
            }
        }
    }

    /// <summary>Operands and results of one run there and back.</summary>
    private sealed class Run<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly RecurrenceSettings _settings;
        private readonly T[] _gates, _weight, _bias, _memory, _y, _dY, _dGates, _dHidden, _dState, _dMemory;

        public Run(in RecurrenceSettings settings, int gates, int seed)
        {
            _settings = settings;
            int states = settings.StateLength, sequence = states * settings.Steps, output = sequence + (settings.WithCell ? states : 0);
            _gates = Numbers(sequence * gates, seed);
            _weight = Numbers(gates * settings.Hidden * settings.Hidden, seed + 1);
            _bias = Numbers(gates * settings.Hidden, seed + 2);
            _memory = Numbers(sequence + (2 * states), seed + 3);
            _y = new T[output];
            _dY = Numbers(output, seed + 4);
            _dGates = new T[_gates.Length];
            _dHidden = new T[_gates.Length];
            _dState = new T[states];
            _dMemory = new T[states];
        }

        private Run(Run<T> all, int sample)
        {
            _settings = all._settings with { Samples = 1 };
            int h = _settings.Hidden, sequence = all._settings.StateLength * _settings.Steps;
            _weight = all._weight;
            _bias = all._bias;
            _memory = [.. Part(all._memory.AsSpan(0, sequence)), .. Part(all._memory.AsSpan(sequence, all._dState.Length)), .. Part(all._memory.AsSpan(sequence + all._dState.Length))];
            (_gates, _y, _dY) = (Part(all._gates), Part(all._y), Part(all._dY));
            (_dGates, _dHidden, _dState, _dMemory) = (Part(all._dGates), Part(all._dHidden), Part(all._dState), Part(all._dMemory));

            T[] Part(Span<T> of)
            {
                int length = of.Length / all._settings.Samples;
                return of.Slice(sample * length, length).ToArray();
            }
        }

        /// <summary>What is computed.</summary>
        public T[][] Results => [_gates, _memory, _y, _dGates, _dHidden, _dState, _dMemory];

        /// <summary>One sample of sequences that come sample by sample.</summary>
        public Run<T> Sample(int sample) => new(this, sample);

        public void Execute<TCell>(KernelTeam? team)
            where TCell : IRecurrentCell
        {
            int threads = team?.Threads ?? 1;
            bool hasMemory = TCell.HasMemory || _settings.HasState;
            Guarded<T>(new T[Recurrence.ForwardScratch<T, TCell>(_settings, threads)], scratch => Recurrence.Forward<T, TCell>(
                _gates, _weight, TCell.SplitsGates ? _bias : default, hasMemory ? _memory : default, _y, _settings, scratch, team));
            Guarded<T>(new T[Recurrence.BackwardScratch<T, TCell>(_settings, threads)], scratch =>
            {
                var forward = new RecurrenceRun<T> { Gates = _gates, Weight = _weight, Memory = hasMemory ? _memory : default, Y = _y };
                Span<T> hidden = TCell.SplitsGates ? _dHidden : default;
                var gradients = new RecurrenceGradients<T> { Gates = _dGates, Hidden = hidden, State = _dState, Memory = typeof(TCell) == typeof(LstmCell) ? _dMemory : default };
                Recurrence.Backward<T, TCell>(forward, _dY, gradients, _settings, scratch, team);
            });
        }

        private static T[] Numbers(int count, int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(random.NextDouble() - 0.5))];
        }
    }
}
