using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Seams;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Seams;

/// <summary>Text from a model: the right tokens, drawn as often as they should be, from one plan and without garbage.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TokenGeneratorTests : IDisposable
{
    private const int Classes = 5, Window = 6;
    private readonly WorkspaceManager _manager = new();
    private readonly WorkspaceConfiguration _configuration = new() { Name = "write" };

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Without_temperature_every_token_is_the_likeliest_after_the_newest_window()
    {
        using Sequential model = Gpt();
        using var generator = new TokenGenerator(model, Window, Classes, new TokenChoice { Temperature = 0 }, _configuration);
        var text = new List<long> { 3, 0 };
        generator.Start([.. text]);
        for (int i = 0; i < 3 * Window; i++)
        {
            long expected = Likeliest(model, [.. text.TakeLast(Window)]);
            Assert.Equal(expected, generator.Next());
            text.Add(expected);
            Assert.Equal(text.TakeLast(Window), generator.Context.ToArray());
        }

        Assert.True(text.Distinct().Count() > 1);
    }

    [Theory]
    [InlineData(1, 0, new[] { 0.1, 0.2, 0.4, 0.0, 0.3 })]
    [InlineData(0.5, 0, new[] { 0.01 / 0.3, 0.04 / 0.3, 0.16 / 0.3, 0.0, 0.09 / 0.3 })]
    [InlineData(1, 2, new[] { 0, 0, 0.4 / 0.7, 0, 0.3 / 0.7 })]
    [InlineData(1, 100, new[] { 0.1, 0.2, 0.4, 0.0, 0.3 })]
    [InlineData(1, 1, new[] { 0.0, 0, 1, 0, 0 })]
    [InlineData(0, 0, new[] { 0.0, 0, 1, 0, 0 })]
    [InlineData(1e-300, 0, new[] { 0.0, 0, 1, 0, 0 })]
    [InlineData(1e300, 0, new[] { 0.25, 0.25, 0.25, 0.0, 0.25 })]
    public void Tokens_are_drawn_as_often_as_temperature_and_top_k_say(double temperature, int topK, double[] expected)
    {
        const int Draws = 4000;
        using Embedding model = Constant(MathF.Log(0.1f), MathF.Log(0.2f), MathF.Log(0.4f), float.NegativeInfinity, MathF.Log(0.3f));
        using var generator = new TokenGenerator(model, 2, Classes, new TokenChoice { Temperature = temperature, TopK = topK }, _configuration);
        var written = new long[Draws];
        generator.Start([0]);
        generator.Write(written);
        for (int token = 0; token < Classes; token++)
        {
            double share = written.Count(other => other == token) / (double)Draws, deviation = Math.Sqrt(expected[token] * (1 - expected[token]) / Draws);
            Assert.InRange(share, expected[token] - (4 * deviation), expected[token] + (4 * deviation));
        }
    }

    [Fact]
    public void A_seed_gives_the_same_text_and_another_one_another()
    {
        using Sequential model = Gpt();
        long[] first = Text(1), again = Text(1), other = Text(2);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        long[] Text(ulong seed)
        {
            using var generator = new TokenGenerator(model, Window, Classes, new TokenChoice { Seed = seed }, _configuration);
            var text = new long[40];
            generator.Start([1]);
            generator.Write(text);
            return text;
        }
    }

    [Fact]
    public void A_token_runs_from_the_plan_and_makes_no_garbage()
    {
        using Sequential model = Gpt();
        using (var generator = new TokenGenerator(model, Window, Classes, new TokenChoice { TopK = 3 }, _configuration))
        {
            generator.Start([1, 2, 3]);
            for (int i = 0; i < 20; i++) generator.Next();
            Garbage.AssertNone(100, () => generator.Next());
        }

        using Workspace used = _manager.Lease(_configuration);
        Assert.Equal((0, 0), (used.LearningPeakBytes, used.Deviations));
        Assert.Equal(0, _manager.Memory.Allocated - _manager.Persistent.Memory.Allocated);
    }

    [Fact]
    public void A_long_beginning_is_read_from_its_end_and_a_new_one_replaces_the_text()
    {
        using Embedding model = Constant(0, 0, 0, 0, 1);
        using var generator = new TokenGenerator(model, 3, Classes, new TokenChoice { Temperature = 0 }, _configuration);
        generator.Start([0, 1, 2, 3]);
        Assert.Equal([1, 2, 3], generator.Context.ToArray());
        Assert.Equal(4, generator.Next());
        Assert.Equal([2, 3, 4], generator.Context.ToArray());
        generator.Start([2]);
        Assert.Equal([2], generator.Context.ToArray());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_model_that_has_gone_wrong_is_named_and_the_text_stays(float bad)
    {
        using Embedding model = Constant(0, bad, 0, 0, 0);
        using var generator = new TokenGenerator(model, 3, Classes, configuration: _configuration);
        generator.Start([0, 2]);
        var error = Assert.Throws<WorkspaceException>(() => generator.Next());
        Assert.Contains("token 1", error.Message, StringComparison.Ordinal);
        Assert.Equal([0, 2], generator.Context.ToArray());
    }

    [Fact]
    public void Logits_that_are_all_impossible_are_an_error()
    {
        using Embedding model = Constant([.. Enumerable.Repeat(float.NegativeInfinity, Classes)]);
        using var generator = new TokenGenerator(model, 3, Classes, configuration: _configuration);
        generator.Start([0]);
        Assert.Throws<WorkspaceException>(() => generator.Next());
    }

    [Fact]
    public void Bad_input_is_refused_and_the_text_before_stays()
    {
        using Embedding model = Constant(0, 0, 0, 0, 1);
        Assert.Throws<ArgumentNullException>(() => new TokenGenerator(null!, 3, Classes));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenGenerator(model, 0, Classes));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenGenerator(model, 3, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenGenerator(model, int.MaxValue, 3));
        foreach (double temperature in (double[])[-1, double.NaN, double.PositiveInfinity])
            Assert.Throws<ArgumentOutOfRangeException>(() => new TokenGenerator(model, 3, Classes, new TokenChoice { Temperature = temperature }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenGenerator(model, 3, Classes, new TokenChoice { TopK = -1 }));

        using var generator = new TokenGenerator(model, 3, Classes, configuration: _configuration);
        Assert.Contains("call Start", Assert.Throws<WorkspaceException>(() => generator.Next()).Message, StringComparison.Ordinal);
        generator.Start([1, 2]);
        Assert.Throws<WorkspaceException>(() => generator.Start([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Start([1, Classes]));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Start([-1]));
        Assert.Equal([1, 2], generator.Context.ToArray());

        using var wider = new TokenGenerator(model, 3, Classes + 1, configuration: new() { Name = "wider" });
        wider.Start([0]);
        Assert.Throws<ArgumentException>(() => wider.Next());
        generator.Dispose();
        Assert.Throws<ObjectDisposedException>(() => generator.Next());
    }

    private Sequential Gpt()
    {
        var model = new Sequential(
            new Embedding(Classes, 8, manager: _manager), new PositionalEmbedding(Window, 8, manager: _manager),
            new TransformerBlock(8, 2, dropout: 0.5, manager: _manager), new Linear(8, Classes, manager: _manager));
        model.Initialize(5);
        return model;
    }

    /// <summary>A model whose logits are the same after every token.</summary>
    private Embedding Constant(params float[] logits)
    {
        var model = new Embedding(Classes, Classes, manager: _manager);
        model.Weight.Value.CopyFrom<float>([.. Enumerable.Repeat(logits, Classes).SelectMany(static row => row)]);
        return model;
    }

    private long Likeliest(Sequential model, long[] text)
    {
        using Workspace workspace = _manager.Lease(new() { Name = "reference" });
        using NoGradScope off = Gradients.Off();
        Tensor logits = model.Forward(Tensor.From(text, new Shape(1, text.Length)));
        return logits.Select(1, text.Length - 1).ArgMax().Item<long>();
    }
}
