using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Workspaces.Kernels.Reductions;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// Runs maps over strided operands; the rules for operands are those of <see cref="Elementwise"/>. Whole registers of contiguous or repeated elements are
/// read in place; ends and strided elements go through a buffer on the stack and the same registers.
/// </summary>
internal static unsafe class MapLoop
{
    /// <summary>Elements of each operand held on the stack; a multiple of every register's elements.</summary>
    private const int Chunk = 128;

    private const int MaxOperands = 5;

    /// <summary>destination = map(inputs).</summary>
    [SkipLocalsInit]
    public static void Run<T, TMap>(
        TMap map, Span<T> destination, ReadOnlySpan<long> destinationStrides, scoped in MapOperands<T> x, ReadOnlySpan<long> shape)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TMap : struct, IVectorMap
    {
        LoopNest nest = Create<T, TMap>(destination, destinationStrides, x, shape);
        Span<T> buffer = stackalloc T[MaxOperands * Chunk];
        int n = nest.Run, sd = nest.RunStride(0);
        bool inPlace = sd == 1;
        for (int i = 1; i <= TMap.Inputs; i++) inPlace &= nest.RunStride(i) is 0 or 1;
        int whole = inPlace ? n - (n % Vector<T>.Count) : 0;
        while (nest.Next())
        {
            ref T d = ref destination[nest.Offset(0)];
            var at = new Cursor<T>(x, nest);
            Registers(map, ref d, at, whole);
            for (int done = whole; done < n; done += Chunk)
            {
                int count = Math.Min(Chunk, n - done);
                Buffered(map, at, done, count, buffer);
                for (nint p = 0; p < count; p++) Unsafe.Add(ref d, (done + p) * sd) = buffer[(int)p];
            }
        }
    }

    /// <summary>destination = map(inputs), all of them contiguous and of one length; strides of the inputs are not read.</summary>
    /// <param name="map">The map.</param>
    /// <param name="destination">Not an input, or one of them.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    public static void RunDense<T, TMap>(TMap map, Span<T> destination, scoped in MapOperands<T> x, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TMap : struct, IVectorMap
    {
        int parts = DenseLoop.Parts(destination.Length, team);
        var job = new DenseJob<T, TMap> { Map = map, Destination = destination, A = x.A, B = x.B, C = x.C, D = x.D, Parts = parts };
        if (parts == 1) job.Execute(0);
        else team!.Run(parts, ref job);
    }

    /// <summary>
    /// The sum of map(inputs) in f64, and the values themselves in a destination; one of a single element with strides of 0 is left alone. The order of
    /// additions depends on shape and strides only.
    /// </summary>
    [SkipLocalsInit]
    public static double Sum<T, TMap>(
        TMap map, Span<T> destination, ReadOnlySpan<long> destinationStrides, scoped in MapOperands<T> x, ReadOnlySpan<long> shape, bool store)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TMap : struct, IVectorMap
    {
        LoopNest nest = Create<T, TMap>(destination, destinationStrides, x, shape);
        Span<T> buffer = stackalloc T[MaxOperands * Chunk];
        int n = nest.Run, sd = nest.RunStride(0);
        double sum = 0;
        while (nest.Next())
        {
            var at = new Cursor<T>(x, nest);
            for (int done = 0; done < n; done += Chunk)
            {
                int count = Math.Min(Chunk, n - done);
                Buffered(map, at, done, count, buffer);
                ReadOnlySpan<T> values = buffer[..count];
                sum += typeof(T) == typeof(float) ? SumKernel.Sum(MemoryMarshal.Cast<T, float>(values)) : SumKernel.Sum(MemoryMarshal.Cast<T, double>(values));
                if (!store) continue;
                ref T d = ref destination[nest.Offset(0)];
                for (nint p = 0; p < count; p++) Unsafe.Add(ref d, (done + p) * sd) = values[(int)p];
            }
        }

        return sum;
    }

    private static LoopNest Create<T, TMap>(
        ReadOnlySpan<T> destination, ReadOnlySpan<long> strides, scoped in MapOperands<T> x, ReadOnlySpan<long> shape)
        where TMap : struct, IVectorMap => TMap.Inputs switch
        {
            1 => LoopNest.Create(shape, strides, destination.Length, x.AStrides, x.A.Length),
            2 => LoopNest.Create(shape, strides, destination.Length, x.AStrides, x.A.Length, x.BStrides, x.B.Length),
            3 => LoopNest.Create(shape, strides, destination.Length, x.AStrides, x.A.Length, x.BStrides, x.B.Length, x.CStrides, x.C.Length),
            _ => LoopNest.Create(
                shape, strides, destination.Length, x.AStrides, x.A.Length, x.BStrides, x.B.Length, x.CStrides, x.C.Length, x.DStrides, x.D.Length),
        };

    /// <summary>Whole registers of operands whose run is contiguous or one repeated element.</summary>
    private static void Registers<T, TMap>(TMap map, ref T destination, scoped in Cursor<T> x, int n)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TMap : struct, IVectorMap
    {
        if (n == 0) return;
        nuint start = 0;
        if (TMap.IsWide && typeof(T) == typeof(float) && Vector512.IsHardwareAccelerated && x.StepA == 1 && (TMap.Inputs == 1 || x.StepB == 1))
            start = Wide<TMap>(ref Unsafe.As<T, float>(ref destination), ref Unsafe.As<T, float>(ref x.A), ref Unsafe.As<T, float>(ref x.B), n);
        Vector<T> a = new(x.A), b = default, c = default, d = default;
        if (TMap.Inputs > 1) b = new(x.B);
        if (TMap.Inputs > 2) c = new(x.C);
        if (TMap.Inputs > 3) d = new(x.D);
        for (nuint i = start; i < (nuint)n; i += (nuint)Vector<T>.Count)
        {
            if (x.StepA != 0) a = Vector.LoadUnsafe(ref x.A, i);
            if (TMap.Inputs > 1 && x.StepB != 0) b = Vector.LoadUnsafe(ref x.B, i);
            if (TMap.Inputs > 2 && x.StepC != 0) c = Vector.LoadUnsafe(ref x.C, i);
            if (TMap.Inputs > 3 && x.StepD != 0) d = Vector.LoadUnsafe(ref x.D, i);
            map.Invoke(a, b, c, d).StoreUnsafe(ref destination, i);
        }
    }

    /// <summary>Contiguous f32 elements by 512-bit registers; how many they were.</summary>
    private static nuint Wide<TMap>(ref float destination, ref float a, ref float b, int n)
        where TMap : struct, IVectorMap
    {
        nuint i = 0, width = (nuint)Vector512<float>.Count;
        for (; i + width <= (nuint)n; i += width)
        {
            Vector512<float> second = TMap.Inputs > 1 ? Vector512.LoadUnsafe(ref b, i) : default;
            TMap.InvokeWide<Vector512<float>, Simd512<float>>(Vector512.LoadUnsafe(ref a, i), second).StoreUnsafe(ref destination, i);
        }

        return i;
    }

    /// <summary>
    /// At most a chunk of any strides; the values come to the front of the buffer. The last register is filled up with the last element, because functions
    /// of registers take another way, with other last bits, when any of their elements is extraordinary: garbage there would show.
    /// </summary>
    private static void Buffered<T, TMap>(TMap map, scoped in Cursor<T> x, int first, int count, Span<T> buffer)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TMap : struct, IVectorMap
    {
        Span<T> a = buffer.Slice(Chunk, Chunk), b = buffer.Slice(2 * Chunk, Chunk), c = buffer.Slice(3 * Chunk, Chunk), d = buffer.Slice(4 * Chunk, Chunk);
        Gather(ref x.A, x.StepA, first, a, count);
        if (TMap.Inputs > 1) Gather(ref x.B, x.StepB, first, b, count);
        if (TMap.Inputs > 2) Gather(ref x.C, x.StepC, first, c, count);
        if (TMap.Inputs > 3) Gather(ref x.D, x.StepD, first, d, count);
        for (int i = 0; i < count; i += Vector<T>.Count)
        {
            Vector<T> second = TMap.Inputs > 1 ? new(b[i..]) : default, third = TMap.Inputs > 2 ? new(c[i..]) : default;
            map.Invoke(new Vector<T>(a[i..]), second, third, TMap.Inputs > 3 ? new Vector<T>(d[i..]) : default).CopyTo(buffer[i..]);
        }
    }

    private static void Gather<T>(ref T source, int step, int first, Span<T> chunk, int count)
        where T : unmanaged
    {
        Span<T> to = chunk[..count];
        ref T from = ref Unsafe.Add(ref source, (nint)first * step);
        if (step == 0) to.Fill(from);
        else if (step == 1) MemoryMarshal.CreateReadOnlySpan(ref from, to.Length).CopyTo(to);
        else
        {
            for (int i = 0; i < to.Length; i++) to[i] = Unsafe.Add(ref from, (nint)i * step);
        }

        int rest = -count & (Vector<T>.Count - 1);
        if (rest > 0) chunk.Slice(count, rest).Fill(to[^1]);
    }

    /// <summary>A stretch per part; it begins where registers begin.</summary>
    private ref struct DenseJob<T, TMap> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TMap : struct, IVectorMap
    {
        public TMap Map;
        public Span<T> Destination;
        public ReadOnlySpan<T> A, B, C, D;
        public int Parts;

        public readonly void Execute(int part)
        {
            int first = DenseLoop.Start(Destination.Length, part, Parts), count = DenseLoop.Start(Destination.Length, part + 1, Parts) - first;
            ReadOnlySpan<long> one = [1];
            var x = new MapOperands<T> { A = A.Slice(first, count), AStrides = one, BStrides = one, CStrides = one, DStrides = one };
            if (TMap.Inputs > 1) x.B = B.Slice(first, count);
            if (TMap.Inputs > 2) x.C = C.Slice(first, count);
            if (TMap.Inputs > 3) x.D = D.Slice(first, count);
            Run(Map, Destination.Slice(first, count), one, x, [count]);
        }
    }

    /// <summary>Where a run begins in each input, and how far its elements are apart.</summary>
    private readonly ref struct Cursor<T>
    {
        public readonly ref T A;
        public readonly ref T B;
        public readonly ref T C;
        public readonly ref T D;
        public readonly int StepA;
        public readonly int StepB;
        public readonly int StepC;
        public readonly int StepD;

        public Cursor(scoped in MapOperands<T> x, scoped in LoopNest nest)
        {
            A = ref Unsafe.Add(ref MemoryMarshal.GetReference(x.A), nest.Offset(1));
            B = ref Unsafe.Add(ref MemoryMarshal.GetReference(x.B), nest.Offset(2));
            C = ref Unsafe.Add(ref MemoryMarshal.GetReference(x.C), nest.Offset(3));
            D = ref Unsafe.Add(ref MemoryMarshal.GetReference(x.D), nest.Offset(4));
            StepA = nest.RunStride(1);
            StepB = nest.RunStride(2);
            StepC = nest.RunStride(3);
            StepD = nest.RunStride(4);
        }
    }
}
