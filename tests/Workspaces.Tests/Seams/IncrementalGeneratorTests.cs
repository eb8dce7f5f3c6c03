using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Seams;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Seams;

/// <summary>What is kept from token to token gives the same logits as reading the whole text again, from one plan and without garbage.</summary>
[Collection(nameof(AloneCollection))]
public sealed class IncrementalGeneratorTests : IDisposable
{
    private const int Classes = 7, Window = 12;
    private readonly WorkspaceManager _manager = new();
    private readonly WorkspaceConfiguration _configuration = new() { Name = "write" };

    public static TheoryData<string> Models =>
        ["one block", "three blocks of three heads", "sines", "attention alone", "no bias", "LSTM", "LSTM of two layers", "GRU", "RNN", "GRU in a residual", "nothing kept"];

    public void Dispose() => _manager.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Logits_at_every_position_equal_those_of_the_whole_text(string name)
    {
        using Module model = Make(name);
        using var generator = new IncrementalGenerator(model, Window, Classes, configuration: _configuration);
        for (int round = 0; round < 2; round++) // the second text after the first: nothing of it may be left
        {
            long[] text = [.. Enumerable.Range(0, Window).Select(i => (long)((3 * i * i) + i + round) % Classes)];
            generator.Start(text.AsSpan(0, 3));
            for (int length = 3; ; length++)
            {
                Assert.Equal(length, generator.Count);
                AssertClose(Reference(model, text[..length]), generator.Logits);
                if (length == Window) break;
                generator.Read(text[length]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_token_runs_from_the_plan_and_makes_no_garbage(string name)
    {
        using (Module model = Make(name))
        {
            using (var generator = new IncrementalGenerator(model, Window, Classes, new TokenChoice { TopK = 3 }, _configuration))
            {
                generator.Start([1, 2, 3]);
                for (int i = 0; i < 3 * Window; i++) generator.Next();
                Garbage.AssertNone(100, () => generator.Next()); // full windows among them
            }

            using Workspace used = _manager.Lease(_configuration);
            Assert.Equal((0, 0), (used.LearningPeakBytes, used.Deviations));
        }

        Assert.Equal(0, _manager.Memory.Allocated);
    }

    [Fact]
    public void It_writes_what_a_generator_writes_that_reads_the_whole_window()
    {
        using Module model = Make("three blocks of three heads");
        var choice = new TokenChoice { Temperature = 0.9, TopK = 4, Seed = 3 };
        using var whole = new TokenGenerator(model, Window, Classes, choice, new() { Name = "whole" });
        using var incremental = new IncrementalGenerator(model, Window, Classes, choice, _configuration);
        long[] expected = new long[Window - 2], written = new long[Window - 2];
        whole.Start([4, 1]);
        incremental.Start([4, 1]);
        whole.Write(expected);
        incremental.Write(written);
        Assert.Equal(expected, written);
    }

    [Theory]
    [InlineData(Window)]
    [InlineData(7)]
    [InlineData(1)]
    public void A_full_window_gives_up_its_older_half_and_reads_the_newer_one_again(int window)
    {
        using Module model = Make("one block");
        using var generator = new IncrementalGenerator(model, window, Classes, configuration: _configuration);
        var text = new List<long> { 2 };
        generator.Start([2]);
        int count = 1;
        for (int i = 0; i < 3 * window; i++)
        {
            count = (count == window ? window / 2 : count) + 1;
            text.Add(generator.Next());
            Assert.Equal(count, generator.Count);
            AssertClose(Reference(model, [.. text.TakeLast(count)]), generator.Logits);
        }
    }

    [Fact]
    public void A_recurrent_model_has_no_limit()
    {
        using Module model = Make("LSTM");
        using var generator = new IncrementalGenerator(model, 1, Classes, configuration: _configuration);
        long[] text = [.. Enumerable.Range(0, 5 * Window).Select(i => (long)(i * i) % Classes)];
        generator.Start(text);
        Assert.Equal(text.Length, generator.Count);
        AssertClose(Reference(model, text), generator.Logits);
    }

    [Fact]
    public void What_is_kept_does_not_grow_and_is_given_back()
    {
        using Module model = Make("three blocks of three heads");
        long before = _manager.Persistent.Memory.Allocated;
        using (var generator = new IncrementalGenerator(model, Window, Classes, configuration: _configuration))
        {
            Assert.Equal(3 * 2 * Window * 12 * sizeof(float), generator.KeptBytes);
            generator.Start([1]);
            long kept = _manager.Persistent.Memory.Allocated;
            generator.Write(new long[3 * Window]);
            Assert.Equal(kept, _manager.Persistent.Memory.Allocated);
        }

        Assert.Equal(before, _manager.Persistent.Memory.Allocated);
    }

    [Fact]
    public void Two_generators_of_one_model_do_not_disturb_each_other()
    {
        using Module model = Make("one block");
        using var first = new IncrementalGenerator(model, Window, Classes, configuration: _configuration);
        using var second = new IncrementalGenerator(model, Window, Classes, configuration: _configuration);
        long[] a = [1, 2, 3, 4, 5], b = [6, 5, 0, 1, 2];
        first.Start(a.AsSpan(0, 1));
        second.Start(b.AsSpan(0, 1));
        for (int i = 1; i < a.Length; i++)
        {
            first.Read(a[i]);
            second.Read(b[i]);
        }

        AssertClose(Reference(model, a), first.Logits);
        AssertClose(Reference(model, b), second.Logits);
    }

    [Fact]
    public void Layers_that_see_later_positions_are_refused_with_the_remedy()
    {
        Module[] refused =
        [
            new TransformerBlock(8, 2, isCausal: false, manager: _manager), new MultiHeadAttention(8, 2, manager: _manager), new Conv1d(1, 1, 3, manager: _manager),
            new LSTM(8, 8, new RecurrentOptions { Bidirectional = true }, _manager), new GRU(8, 8, new RecurrentOptions { BatchFirst = false }, _manager), new Flatten(),
        ];
        foreach (Module layer in refused)
        {
            using var model = new Sequential(new Embedding(Classes, 8, manager: _manager), new TransformerBlock(8, 2, manager: _manager), layer);
            long before = _manager.Persistent.Memory.Allocated;
            var error = Assert.Throws<NotSupportedException>(() => new IncrementalGenerator(model, Window, Classes));
            Assert.Contains("use a TokenGenerator", error.Message, StringComparison.Ordinal);
            Assert.Equal(before, _manager.Persistent.Memory.Allocated);
        }
    }

    [Fact]
    public void Bad_input_is_refused_and_the_text_before_stays()
    {
        using Module model = Make("one block");
        Assert.Throws<ArgumentNullException>(() => new IncrementalGenerator(null!, 3, Classes));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IncrementalGenerator(model, 0, Classes));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IncrementalGenerator(model, 3, 0));
        Assert.Contains(
            "has 12 positions", Assert.Throws<ArgumentOutOfRangeException>(() => new IncrementalGenerator(model, Window + 1, Classes)).Message, StringComparison.Ordinal);

        using var generator = new IncrementalGenerator(model, 3, Classes, configuration: _configuration);
        Assert.Contains("call Start", Assert.Throws<WorkspaceException>(() => generator.Next()).Message, StringComparison.Ordinal);
        Assert.Throws<WorkspaceException>(() => generator.Read(1));
        generator.Start([1, 2]);
        Assert.Throws<WorkspaceException>(() => generator.Start([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Start([1, Classes]));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Read(-1));
        Assert.Equal(2, generator.Count);
        AssertClose(Reference(model, [1, 2]), generator.Logits);

        using var wider = new IncrementalGenerator(model, 3, Classes + 1, configuration: new() { Name = "wider" });
        Assert.Throws<ArgumentException>(() => wider.Start([0]));
        Assert.Throws<WorkspaceException>(() => wider.Next()); // a call that failed leaves nothing to go on from
        generator.Dispose();
        Assert.Throws<ObjectDisposedException>(() => generator.Start([1]));
    }

    [Fact]
    public void Attention_to_a_prefix_in_double_precision_equals_causal_attention()
    {
        const int Batch = 2, Heads = 3, Wide = 5, Room = 9;
        using Workspace workspace = _manager.Lease(_configuration);
        using NoGradScope off = Gradients.Off();
        double[] all = [.. Enumerable.Range(0, Batch * Room * 3 * Heads * Wide).Select(static i => Math.Sin(i * 0.7) * 3)];
        Tensor projected = Tensor.From(all, new Shape(Batch, Room, 3 * Heads * Wide)), whole = projected.SelfAttention(Heads, isCausal: true);
        Tensor keys = Tensor.Zeros([Batch, Heads, Room, Wide], DType.F64), values = Tensor.Zeros([Batch, Heads, Room, Wide], DType.F64);
        for (int position = 0; position < Room; position++)
        {
            Tensor one = PrefixAttentionOps.Run(projected.Slice(1, position, 1).Contiguous(), keys, values, position), expected = whole.Slice(1, position, 1);
            Assert.InRange((one - expected).Abs().Max().Item<double>(), 0, 1e-12);
        }

        Tensor next = projected.Slice(1, 0, 1).Contiguous();
        Assert.Throws<ArgumentOutOfRangeException>(() => PrefixAttentionOps.Run(next, keys, values, Room));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrefixAttentionOps.Run(next, keys, values, -1));
        Assert.Throws<ShapeException>(() => PrefixAttentionOps.Run(projected, keys, values, 0));
        Assert.Throws<ShapeException>(() => PrefixAttentionOps.Run(next, keys, keys.Slice(2, 0, 3), 0));
    }

    private Sequential Make(string name)
    {
        WorkspaceManager m = _manager;
        Module[] inner = name switch
        {
            "one block" => [new PositionalEmbedding(Window, 12, manager: m), new TransformerBlock(12, 2, dropout: 0.5, manager: m)],
            "three blocks of three heads" =>
            [
                new PositionalEmbedding(Window, 12, manager: m), new TransformerBlock(12, 3, manager: m), new Dropout(0.5), new TransformerBlock(12, 3, manager: m),
                new Sequential(new TransformerBlock(12, 3, manager: m), new LayerNorm(12, manager: m)),
            ],
            "sines" => [new SinusoidalEmbedding(Window, 12, manager: m), new TransformerBlock(12, 4, hidden: 5, manager: m), new RMSNorm(12, manager: m)],
            "attention alone" => [new Residual(new MultiHeadAttention(12, 2, isCausal: true, manager: m)), new GELU()],
            "no bias" => [new MultiHeadAttention(12, 1, isCausal: true, bias: false, manager: m), new Tanh()],
            "LSTM" => [new LSTM(12, 12, manager: m)],
            "LSTM of two layers" => [new LSTM(12, 12, new RecurrentOptions { Layers = 2, Dropout = 0.5 }, m)],
            "GRU" => [new GRU(12, 12, new RecurrentOptions { Layers = 2 }, m)],
            "RNN" => [new RNN(12, 12, manager: m)],
            "GRU in a residual" => [new Residual(new Sequential(new LayerNorm(12, manager: m), new GRU(12, 12, manager: m)))],
            _ => [new Linear(12, 12, manager: m), new SiLU()],
        };
        var model = new Sequential([new Embedding(Classes, 12, manager: m), .. inner, new Linear(12, Classes, manager: m)]);
        model.Initialize(5);
        foreach (var parameter in model.Parameters.Where(static p => p.Name.EndsWith("proj.bias", StringComparison.Ordinal) || p.Name.EndsWith("in_proj_bias", StringComparison.Ordinal)))
            parameter.Value.CopyFrom<float>([.. Enumerable.Range(0, (int)parameter.Length).Select(static i => MathF.Sin(i))]);
        return model;
    }

    private float[] Reference(Module model, long[] text)
    {
        model.Eval();
        using Workspace workspace = _manager.Lease(new() { Name = "reference" });
        using NoGradScope off = Gradients.Off();
        return model.Forward(Tensor.From(text, new Shape(1, text.Length))).Select(1, text.Length - 1).Contiguous().ToArray<float>();
    }

    private static void AssertClose(float[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.InRange(actual[i], expected[i] - 1e-5f, expected[i] + 1e-5f);
    }
}
