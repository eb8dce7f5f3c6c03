using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Workspaces.Tensors;

namespace Workspaces.Tests.Tensors;

/// <summary>
/// Random programs of views against a naive model: a list with the position of every element, rebuilt by loops over
/// coordinates at each operation.
/// </summary>
public class LayoutPropertyTests
{
    private const int Views = 12; // kinds of operation that Step knows

    [Fact]
    public void Chains_of_views_walk_like_the_naive_model() =>
        Prop.ForAll(Programs(), program => Run(program)).QuickCheckThrowOnFailure();

    [Fact]
    public void Reshape_needs_a_copy_exactly_when_no_strides_exist() =>
        Prop.ForAll(Programs(), program =>
        {
            (Layout layout, NaiveView model) = Apply(program);
            var random = new Random(program.Seed + 1);
            long[] dims = RandomFactors(random, layout.Length);
            bool isView = layout.TryReshape(dims, out Layout view);
            Assert.Equal(dims, view.Shape.AsSpan().ToArray());
            Assert.Equal(model.HasStridesFor(dims), isView);
            if (isView)
                Assert.Equal(model.Positions, LayoutTests.Walk(view));
            else
                Assert.Equal(Layout.Contiguous(new Shape(dims)), view);
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Broadcasting_follows_the_naive_rule() =>
        Prop.ForAll(Dims().Zip(Dims()).ToArbitrary(), pair =>
        {
            (long[] a, long[] b) = pair;
            long[]? expected = NaiveView.Broadcast(a, b);
            if (expected is null)
            {
                Assert.Throws<ShapeException>(() => Broadcasting.Shapes(new Shape(a), new Shape(b)));
                return true;
            }

            Shape result = Broadcasting.Shapes(new Shape(a), new Shape(b));
            Assert.Equal(expected, result.AsSpan().ToArray());
            Assert.Equal(result, Broadcasting.Shapes(new Shape(b), new Shape(a)));
            Layout stretched = Layout.Contiguous(new Shape(a)).BroadcastTo(result);
            Assert.Equal(NaiveView.Contiguous(a).BroadcastTo(expected).Positions, LayoutTests.Walk(stretched));
            Axes axes = Broadcasting.StretchedAxes(new Shape(a), result);
            Assert.Equal(new Shape(a).Length, result.Reduce(axes, keepDims: false).Length);
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shapes_are_refused_exactly_when_their_non_zero_sizes_overflow() =>
        Prop.ForAll(HugeDims().ToArbitrary(), dims =>
        {
            BigInteger product = dims.Where(d => d != 0).Aggregate(BigInteger.One, (p, d) => p * d);
            if (product > long.MaxValue)
            {
                Assert.Throws<ShapeException>(() => new Shape(dims));
                return true;
            }

            var shape = new Shape(dims);
            Assert.Equal(dims.Contains(0) ? 0 : (long)product, shape.Length);
            Assert.Equal(shape.Length, Layout.Contiguous(shape).Extent);
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hand_made_layouts_that_are_accepted_never_overlap() =>
        Prop.ForAll(Dims().Zip(Gen.Choose(0, 12).ArrayOf(8)).ToArbitrary(), pair =>
        {
            (long[] dims, int[] steps) = pair;
            Layout layout;
            try
            {
                layout = new Layout(new Shape(dims), new Strides([.. steps.Take(dims.Length).Select(s => (long)s)]), 3);
            }
            catch (ShapeException)
            {
                return true;
            }

            List<long> positions = LayoutTests.Walk(layout);
            Assert.Equal(layout.IsBroadcast && layout.Length > 0, positions.Distinct().Count() < positions.Count);
            Assert.Equal(positions.Count == 0 ? 0 : positions.Max() - 3 + 1, layout.Extent);
            return true;
        }).QuickCheckThrowOnFailure();

    private static bool Run(ViewProgram program)
    {
        (Layout layout, NaiveView model) = Apply(program);
        Assert.Equal(model.Dims, layout.Shape.AsSpan().ToArray());
        Assert.Equal(model.Positions, LayoutTests.Walk(layout));
        Assert.Equal(model.Positions.Length, layout.Length);
        Assert.Equal(model.Positions.Length == 0 ? 0 : model.Positions.Max() - model.Positions.Min() + 1, layout.Extent);
        Assert.Equal(model.Positions.SequenceEqual(Enumerable.Range(0, model.Positions.Length).Select(k => layout.Offset + k)),
            layout.IsContiguous);
        if (layout.Length > 0)
            Assert.Equal(model.Positions.Distinct().Count() < model.Positions.Length, layout.IsBroadcast);
        return true;
    }

    private static (Layout Layout, NaiveView Model) Apply(ViewProgram program)
    {
        var random = new Random(program.Seed);
        Layout layout = Layout.Contiguous(new Shape(program.Dims), program.Seed & 7);
        NaiveView model = NaiveView.Contiguous(program.Dims, program.Seed & 7);
        foreach (int kind in program.Kinds)
            Step(random, kind, ref layout, ref model);
        return (layout, model);
    }

    // Applies one operation that is legal for the present shape, or none.
    private static void Step(Random random, int kind, ref Layout layout, ref NaiveView model)
    {
        int rank = layout.Rank;
        if (rank == 0 || kind < 2)
        {
            Grow(random, kind, ref layout, ref model);
            return;
        }

        int axis = random.Next(rank);
        int written = random.Next(2) == 0 ? axis : axis - rank; // both ways to name it
        long size = layout.Shape[axis];
        switch (kind)
        {
            case 2 or 3:
                int other = random.Next(rank);
                layout = layout.Transpose(written, other);
                model = model.Transpose(axis, other);
                break;
            case 4 or 5:
                int[] order = [.. Enumerable.Range(0, rank).OrderBy(_ => random.Next())];
                layout = layout.Permute(order);
                model = model.Permute(order);
                break;
            case 6 or 7 or 8:
                long start = random.NextInt64(size + 1), step = 1 + random.Next(3);
                long length = start == size ? 0 : random.NextInt64(((size - start - 1) / step) + 2);
                layout = layout.Slice(written, start, length, step);
                model = model.Slice(axis, start, length, step);
                break;
            case 9 when size > 0:
                long index = random.NextInt64(size);
                layout = layout.Select(written, random.Next(2) == 0 ? index : index - size);
                model = model.Select(axis, index);
                break;
            case 10 when size == 1:
                layout = layout.Squeeze(written);
                model = model.Reshape([.. model.Dims.Where((_, k) => k != axis)]);
                break;
            case 11:
                long[] dims = RandomFactors(random, layout.Length);
                if (layout.TryReshape(dims, out Layout view))
                    (layout, model) = (view, model.Reshape(dims));
                break;
        }
    }

    private static void Grow(Random random, int kind, ref Layout layout, ref NaiveView model)
    {
        if (layout.Rank == Shape.MaxRank || layout.Length > 2000)
            return;
        int place = random.Next(layout.Rank + 1);
        layout = layout.Unsqueeze(place);
        model = model.Reshape([.. model.Dims[..place], 1, .. model.Dims[place..]]);
        if (kind != 1)
            return;
        long[] target = [.. model.Dims.Select(d => d == 1 && random.Next(2) == 0 ? random.Next(4) : d)];
        layout = layout.BroadcastTo(new Shape(target));
        model = model.BroadcastTo(target);
    }

    // A shape with this many elements: prime factors dealt out at random, ones sprinkled in.
    private static long[] RandomFactors(Random random, long length)
    {
        long[] dims = new long[1 + random.Next(5)];
        Array.Fill(dims, 1);
        if (length == 0)
            dims[0] = 0;
        for (long factor = 2; length > 1; factor++)
        {
            for (; length % factor == 0; length /= factor)
                dims[random.Next(dims.Length)] *= factor;
        }

        return dims;
    }

    private static Gen<long[]> Dims() =>
        from rank in Gen.Choose(0, 5)
        from dims in Gen.Choose(0, 11).Select(k => k < 3 ? 1L : k == 3 ? 0L : (k - 2) / 2L).ArrayOf(rank)
        select dims;

    private static Gen<long[]> HugeDims() =>
        from rank in Gen.Choose(0, 8)
        from dims in (from bits in Gen.Choose(0, 62)
                      from low in Gen.Choose(0, int.MaxValue)
                      select bits == 0 ? 0 : (1L << (bits / 2)) + (low & ((1L << (bits / 2)) - 1))).ArrayOf(rank)
        select dims;

    private static Arbitrary<ViewProgram> Programs() =>
        (from dims in Dims()
         from seed in Gen.Choose(0, int.MaxValue - 1)
         from kinds in Gen.Choose(0, Views - 1).ArrayOf()
         select new ViewProgram(dims, seed, kinds)).ToArbitrary();

    private sealed record ViewProgram(long[] Dims, int Seed, int[] Kinds)
    {
        public override string ToString() => $"dims [{string.Join(", ", Dims)}], seed {Seed}, kinds [{string.Join(", ", Kinds)}]";
    }
}
