using System.Text.Json;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Tests.Optim;

/// <summary>Every optimizer with several settings, step by step against PyTorch in double precision. Tolerances: f64 1e-12, f32 4e-6, both relative above 1.</summary>
public sealed class OptimizerValueTests
{
    private static readonly OptimizerGolden Golden = OptimizerGolden.File;

    public static TheoryData<string, DType> Cases
    {
        get
        {
            var cases = new TheoryData<string, DType>();
            foreach (OptimizerGolden.Run run in Golden.Runs)
            {
                cases.Add(run.Name, DType.F32);
                cases.Add(run.Name, DType.F64);
            }

            return cases;
        }
    }

    private static double Tolerance(DType dtype) => dtype == DType.F64 ? 1e-12 : 4e-6;

    internal static Optimizer Make(OptimizerGolden.Run run, IEnumerable<Parameter> parameters)
    {
        double rate = Number("lr"), decay = Number("weight_decay", run.Name.StartsWith("adamw", StringComparison.Ordinal) ? 0.01 : 0);
        double beta1 = Beta(0, 0.9), beta2 = Beta(1, 0.999);
        return run.Name.Split('_')[0] switch
        {
            "sgd" => new Sgd(parameters, rate, Number("momentum"), decay, OptimizerGolden.Flag(run.Options, "nesterov"), Number("dampening")),
            "adam" => new Adam(parameters, rate, beta1, beta2, Number("eps", 1e-8), decay, OptimizerGolden.Flag(run.Options, "amsgrad")),
            "adamw" => new AdamW(parameters, rate, beta1, beta2, Number("eps", 1e-8), decay, OptimizerGolden.Flag(run.Options, "amsgrad")),
            "rmsprop" => new RmsProp(
                parameters, rate, Number("alpha", 0.99), Number("eps", 1e-8), decay, Number("momentum"), OptimizerGolden.Flag(run.Options, "centered")),
            _ => new Adagrad(parameters, rate, Number("lr_decay"), decay, Number("initial_accumulator_value"), Number("eps", 1e-10)),
        };

        double Number(string name, double otherwise = 0) => OptimizerGolden.Option(run.Options, name, otherwise);

        double Beta(int index, double otherwise) => run.Options.TryGetValue("betas", out JsonElement betas) ? betas[index].GetDouble() : otherwise;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_follow_those_of_PyTorch_at_every_step(string name, DType dtype)
    {
        OptimizerGolden.Run run = Golden.Runs.Single(run => run.Name == name);
        using var bench = new OptimizerBench(dtype);
        using Optimizer optimizer = Make(run, bench.Parameters);
        for (int step = 0; step < run.Values.Length; step++)
        {
            bench.Send(Golden.Gradients[step]);
            optimizer.Step();
            Assert.Equal(1, optimizer.KernelCalls);
            OptimizerBench.AssertClose(run.Values[step], bench.Values, Tolerance(dtype), $"{name} step {step}");
        }
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Groups_follow_those_of_PyTorch(DType dtype)
    {
        using var bench = new OptimizerBench(dtype);
        using var optimizer = new AdamW([bench.Parameters[0]], 0.05, weightDecay: 0.1);
        ParameterGroup group = optimizer.AddGroup([bench.Parameters[1]], learningRate: 0.2, weightDecay: 0);
        for (int step = 0; step < Golden.Groups.Length; step++)
        {
            bench.Send(Golden.Gradients[step]);
            optimizer.Step();
            OptimizerBench.AssertClose(Golden.Groups[step], bench.Values, Tolerance(dtype), $"step {step}");
        }

        Assert.Equal([optimizer.Groups[0], group], optimizer.Groups);
        Assert.Equal((0.05, 0.1, 0.2, 0.0), (optimizer.LearningRate, optimizer.WeightDecay, group.LearningRate, group.WeightDecay));
        Assert.Equal(bench.Parameters, optimizer.Parameters);
    }

    [Theory]
    [InlineData(DType.F32, 0)]
    [InlineData(DType.F64, 0)]
    [InlineData(DType.F64, 0.5)]
    public void Lion_follows_its_paper(DType dtype, double decay)
    {
        using var bench = new OptimizerBench(dtype);
        using var lion = new Lion(bench.Parameters, 0.01, 0.9, 0.95, decay);
        double[] p = [.. Golden.Start], m = new double[p.Length];
        foreach (double[] gradient in Golden.Gradients)
        {
            for (int i = 0; i < p.Length; i++)
            {
                p[i] -= 0.01 * (Math.Sign((0.9 * m[i]) + (0.1 * gradient[i])) + (decay * p[i]));
                m[i] = (0.95 * m[i]) + (0.05 * gradient[i]);
            }

            bench.Send(gradient);
            lion.Step();
            OptimizerBench.AssertClose(p, bench.Values, Tolerance(dtype), "Lion");
        }
    }

    [Fact]
    public void The_sign_in_Lion_is_exact_from_the_least_number_to_infinity()
    {
        using var bench = new OptimizerBench(DType.F64);
        Parameter weight = bench.Make(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        using var lion = new Lion([weight], 1, beta1: 0, beta2: 0);
        bench.Send(weight, double.Epsilon, -double.Epsilon, 1e-300, -1e-300, double.MaxValue, double.NegativeInfinity, 0, -0.0, double.NaN, 3);
        lion.Step();
        Assert.Equal([-1, 1, -1, 1, -1, 1, 0, 0, double.NaN, -1], weight.Value.ToArray<double>());
    }

    [Fact]
    public void A_centred_variance_that_rounding_makes_negative_counts_as_0()
    {
        using var bench = new OptimizerBench(DType.F32);
        using var optimizer = new RmsProp(bench.Parameters, 1e-6, alpha: 0.5, centered: true);
        double[] gradient = [.. Enumerable.Range(1, 17).Select(static i => i * 0.1)];
        for (int step = 0; step < 60; step++)
        {
            bench.Send(gradient);
            optimizer.Step();
        }

        Assert.All(bench.Values, static value => Assert.True(double.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Threads_and_positions_change_no_bit(string name, DType dtype)
    {
        OptimizerGolden.Run golden = Golden.Runs.Single(run => run.Name == name);
        double[] one = Run(1), two = Run(2), three = Run(3);
        Assert.Equal(one, two);
        Assert.Equal(one, three);

        double[] Run(int threads)
        {
            using var bench = new OptimizerBench(dtype, threads);
            Parameter[] parameters = [bench.Make(Noise(33_001, 1)), bench.Make(Noise(7, 2))];
            using Optimizer optimizer = Make(golden, parameters);
            for (int step = 0; step < 3; step++)
            {
                bench.Send(parameters[0], Noise(33_001, 3 + step));
                bench.Send(parameters[1], Noise(7, 6 + step));
                optimizer.Step();
            }

            return [.. parameters.SelectMany(static parameter => OptimizerBench.Numbers(parameter.Value))];
        }
    }

    private static double[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        var values = new double[count];
        for (int i = 0; i < count; i++) values[i] = (random.NextDouble() * 2) - 1;
        return values;
    }
}
