using System.Globalization;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Workspaces.Kernels.Gemm;

namespace Workspaces.Benchmarks;

/// <summary>
/// The matrix product alone, in f32 with one thread, without pass and op around it, next to OpenBLAS's in the same minutes. 2 m n k over the time is its rate.
/// </summary>
public unsafe class GemmBenchmarks
{
    private const nuint Alignment = 64;
    private int _m, _n, _k;
    private bool _transposeA, _transposeB;
    private float* _a, _b, _c, _scratch;
    private int _scratchLength;
    private OpenBlas? _openBlas;

    /// <summary>The products: m × n × k, and which operand is stored transposed. Cubes, then those of a perceptron of 784, 512 and 10, then one row.</summary>
    public static IEnumerable<string> Products =>
    [
        "64x64x64:nn", "64x64x64:nt", "64x64x64:tn",
        "128x128x128:nn", "128x128x128:nt", "128x128x128:tn",
        "512x512x512:nn", "512x512x512:nt", "512x512x512:tn",
        "1024x1024x1024:nn", "1024x1024x1024:nt",
        "128x512x784:nn", "128x512x512:nn", "128x512x512:nt", "784x512x128:tn", "512x512x128:tn",
        "128x10x512:nn", "128x10x512:nt", "512x10x128:tn", "128x512x10:nn", "128x512x10:nt",
        "1x128x784:nn", "1x128x784:nt", "1x512x512:nt", "1x512x784:nn", "1x512x784:nt",
    ];

    /// <summary>The product that is measured.</summary>
    [ParamsSource(nameof(Products))]
    public string Product { get; set; } = "";

    /// <summary>Fills the operands, and compares the two results.</summary>
    [GlobalSetup]
    public void Setup()
    {
        string[] parts = Product.Split('x', ':');
        (_m, _n, _k) = (Number(parts[0]), Number(parts[1]), Number(parts[2]));
        (_transposeA, _transposeB) = (parts[3][0] == 't', parts[3][1] == 't');
        _scratchLength = Gemm.ScratchLength<float>(_m, _n, _k, _transposeA, _transposeB);
        _a = Filled(_m * _k, seed: 1);
        _b = Filled(_k * _n, seed: 2);
        _c = Filled(_m * _n, seed: 3);
        _scratch = Filled(_scratchLength, seed: 4);
        _openBlas = OpenBlas.Find();
        if (_openBlas is null) return; // ours runs without it

        Theirs();
        float[] theirs = [.. new Span<float>(_c, _m * _n)];
        Ours();
        for (int i = 0; i < theirs.Length; i++)
        {
            if (MathF.Abs(_c[i] - theirs[i]) > 1e-5f * _k) throw new InvalidOperationException($"Element {i} of {Product} is {_c[i]} here and {theirs[i]} there.");
        }
    }

    /// <summary>The product of this framework.</summary>
    [Benchmark(Baseline = true)]
    public void Ours() => Gemm.Multiply(
        _m, _n, _k, new ReadOnlySpan<float>(_a, _m * _k), _transposeA ? _m : _k, _transposeA, new ReadOnlySpan<float>(_b, _k * _n), _transposeB ? _k : _n, _transposeB,
        new Span<float>(_c, _m * _n), _n, accumulate: false, new Span<float>(_scratch, _scratchLength));

    /// <summary>That of OpenBLAS.</summary>
    [Benchmark(Description = "OpenBLAS")]
    public void Theirs() => (_openBlas ?? throw new DllNotFoundException("This machine has no OpenBLAS that the loader finds; name its file in OPENBLAS_LIBRARY."))
        .Multiply(_m, _n, _k, _a, _transposeA, _b, _transposeB, _c);

    /// <summary>Frees the operands.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (nint pointer in (ReadOnlySpan<nint>)[(nint)_a, (nint)_b, (nint)_c, (nint)_scratch]) NativeMemory.AlignedFree((void*)pointer);
        _openBlas?.Dispose();
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static float* Filled(int length, int seed)
    {
        var random = new Random(seed);
        float* pointer = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, length) * sizeof(float), Alignment);
        for (int i = 0; i < length; i++) pointer[i] = (random.NextSingle() * 2) - 1;
        return pointer;
    }
}
