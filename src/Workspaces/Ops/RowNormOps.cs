using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Rows;
using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Normalisation of each sample over its last axes.</summary>
public static class RowNormOps
{
    private const long HasWeight = 1, HasBias = 2, IsCentered = 4;
    private const int ColumnShift = 3;

    extension(Tensor x)
    {
        /// <summary>(x - mean) / √(variance + epsilon) · weight + bias, with mean and variance over the last axes. The tape keeps the input alone.</summary>
        /// <param name="weight">A factor for each place, of the shape of the last axes, or null for 1.</param>
        /// <param name="bias">A summand for each place, of the shape of the last axes, or null for 0.</param>
        /// <param name="epsilon">Added to the variance, above 0.</param>
        /// <param name="axes">Number of last axes that are normalised together.</param>
        /// <returns>A new tensor of the input's shape.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type, or epsilon is not above 0.</exception>
        public Tensor LayerNorm(Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5, int axes = 1) =>
            Run(nameof(LayerNorm), x, weight, bias, epsilon, axes, centered: true);

        /// <summary>x / √(mean(x²) + epsilon) · weight, with the mean over the last axes. The tape keeps the input alone.</summary>
        /// <param name="weight">A factor for each place, of the shape of the last axes, or null for 1.</param>
        /// <param name="epsilon">Added to the mean square, above 0.</param>
        /// <param name="axes">Number of last axes that are normalised together.</param>
        /// <returns>A new tensor of the input's shape.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type, or epsilon is not above 0.</exception>
        public Tensor RmsNorm(Tensor? weight = null, double epsilon = 1e-6, int axes = 1) =>
            Run(nameof(RmsNorm), x, weight, null, epsilon, axes, centered: false);
    }

    private static Tensor Run(string name, Tensor x, Tensor? weight, Tensor? bias, double epsilon, int axes, bool centered)
    {
        long columns = Check(name, x, weight, bias, epsilon, axes);
        Tensor input = x.Contiguous(), w = weight?.Contiguous() ?? default, b = bias?.Contiguous() ?? default;
        using Tensor madeInput = Arithmetic.Made(input, x), madeW = Arithmetic.Made(w, weight ?? default), madeB = Arithmetic.Made(b, bias ?? default);
        bool hasWeight = weight is not null, hasBias = bias is not null;
        Tensor y = Forward(name, input, hasWeight ? w : input, hasBias ? b : input, hasWeight, hasBias, columns, epsilon, centered);
        if (!(Tape.Records(input) || (hasWeight && Tape.Records(w)) || (hasBias && Tape.Records(b)))) return y;
        Node node = (hasWeight, hasBias) switch
        {
            (true, true) => Tape.Record(NormBackward.Instance, y, input, w, b),
            (true, false) => Tape.Record(NormBackward.Instance, y, input, w),
            (false, true) => Tape.Record(NormBackward.Instance, y, input, b),
            _ => Tape.Record(NormBackward.Instance, y, input),
        };
        node.Save(0, input);
        if (hasWeight) node.Save(1, w);
        node.Number = (columns << ColumnShift) | (hasWeight ? HasWeight : 0) | (hasBias ? HasBias : 0) | (centered ? IsCentered : 0);
        node.Factor = epsilon;
        return y;
    }

    /// <summary>Elements that are normalised together.</summary>
    private static long Check(string name, Tensor x, Tensor? weight, Tensor? bias, double epsilon, int axes)
    {
        Shape shape = x.Checked(name).Layout.Shape;
        if (axes < 1 || axes > shape.Rank)
            throw new ShapeException(
                $"normalise {axes} axes of {shape}", name, $"the tensor has {shape.Rank} axes", "name at least one of its last axes and at most all of them");
        Dispatch.RequireFloat(x, name);
        var places = new Shape(shape.AsSpan()[^axes..]);
        CheckPlaces(name, "weight", weight, places, x);
        CheckPlaces(name, "bias", bias, places, x);
        if (!(epsilon > 0) || !double.IsFinite(epsilon))
            OpThrow.Parameter(nameof(epsilon), name, x, epsilon, "it keeps the divisor above 0", "give a small positive number, e.g. 1e-5");
        return places.Length;
    }

    private static void CheckPlaces(string name, string what, Tensor? operand, in Shape places, Tensor x)
    {
        if (operand is not { } given) return;
        Shape shape = given.Checked(name).Layout.Shape;
        if (shape != places)
            throw new ShapeException(
                $"normalise {x.Shape} with a {what} of {shape}", name, $"the normalised axes have the shape {places}", $"give the {what} that shape");
        if (given.DType != x.DType) TensorThrow.TypesDiffer(name, x, given);
    }

    private static Tensor Forward(
        string name, Tensor x, Tensor weight, Tensor bias, bool hasWeight, bool hasBias, long columns, double epsilon, bool centered)
    {
        using var op = new OpScope(name, x, weight, bias);
        Tensor y = op.Allocate(x.DType, x.Shape);
        if (op.Computes)
        {
            if (x.DType == DType.F32) Forward<float>(op, x, weight, bias, y, hasWeight, hasBias, (int)columns, epsilon, centered);
            else Forward<double>(op, x, weight, bias, y, hasWeight, hasBias, (int)columns, epsilon, centered);
        }

        op.Complete();
        return y;
    }

    private static void Forward<T>(
        in OpScope op, Tensor x, Tensor weight, Tensor bias, Tensor y, bool hasWeight, bool hasBias, int columns, double epsilon, bool centered)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RowNorm.Forward(
            op.ReadSpan<T>(x), hasWeight ? op.ReadSpan<T>(weight) : default, hasBias ? op.ReadSpan<T>(bias) : default, op.WriteSpan<T>(y),
            Rows(x, columns), columns, epsilon, centered, Team(op, x));
    }

    /// <summary>What is read and written; sums, the root and the products of an element take as long as so many multiply-adds, at least.</summary>
    private static KernelTeam? Team(in OpScope op, Tensor x)
    {
        const int multiplyAdds = 16;
        return ComputeTeams.For(op.Frame, 2 * x.Length * x.DType.SizeInBytes, x.Length * multiplyAdds);
    }

    private static int Rows(Tensor x, int columns) => columns == 0 ? 0 : (int)(x.Length / columns);

    /// <summary>See <see cref="RowNorm.Backward{T}"/>.</summary>
    private sealed class NormBackward : Differential
    {
        internal static readonly NormBackward Instance = new();

        internal override string Name => "Norm";

        internal override void Backward(in BackwardContext context)
        {
            long number = context.Node.Number;
            string name = context.Node.OpName;
            Tensor x = context.Saved(0), weight = context.HasSaved(1) ? context.Saved(1) : x, given = context.Gradient;
            Tensor dY = given.Layout.IsContiguous ? given : Arithmetic.Copy(given, name);
            using Tensor made = Arithmetic.Made(dY, given);
            bool addX = false, addWeight = false, addBias = false;
            int atBias = (number & HasWeight) != 0 ? 2 : 1;
            bool wantsX = context.WantsGradient(0), wantsWeight = (number & HasWeight) != 0 && context.WantsGradient(1);
            bool wantsBias = (number & HasBias) != 0 && context.WantsGradient(atBias);
            Tensor dX = wantsX ? context.Target(0, x.Shape, out addX) : dY;
            Tensor dWeight = wantsWeight ? context.Target(1, context.Node[1].Shape, out addWeight) : dY;
            Tensor dBias = wantsBias ? context.Target(atBias, context.Node[atBias].Shape, out addBias) : dY;
            int columns = (int)(number >> ColumnShift);
            var settings = new RowNormSettings
            {
                Rows = Rows(x, columns), Columns = columns, Epsilon = context.Node.Factor, Centered = (number & IsCentered) != 0,
                AddToInput = addX, AddToWeight = addWeight, AddToBias = addBias,
            };
            using var op = new OpScope(name, x, weight, dY, dX, dWeight, dBias);
            if (wantsX) op.BeginWrite(dX, mayBeLeaf: true);
            if (wantsWeight) op.BeginWrite(dWeight, mayBeLeaf: true);
            if (wantsBias) op.BeginWrite(dBias, mayBeLeaf: true);
            var run = new Operands(x, weight, dY, dX, dWeight, dBias, context.HasSaved(1), wantsX, wantsWeight, wantsBias);
            if (x.DType == DType.F32) Run<float>(op, run, settings);
            else Run<double>(op, run, settings);
            op.Complete();
        }

        private static void Run<T>(in OpScope op, in Operands run, in RowNormSettings settings)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            using OpScratch<T> scratch = op.Scratch<T>(RowNorm.ScratchLength(settings.Rows, settings.Columns));
            if (!op.Computes) return;
            RowNorm.Backward(
                op.ReadSpan<T>(run.X), run.HasWeight ? op.ReadSpan<T>(run.Weight) : default, op.ReadSpan<T>(run.DY),
                run.WantsX ? op.WriteSpan<T>(run.DX) : default, run.WantsWeight ? op.WriteSpan<T>(run.DWeight) : default,
                run.WantsBias ? op.WriteSpan<T>(run.DBias) : default, settings, scratch.Span,
                Team(op, run.X));
        }

        private readonly record struct Operands(
            Tensor X, Tensor Weight, Tensor DY, Tensor DX, Tensor DWeight, Tensor DBias, bool HasWeight, bool WantsX, bool WantsWeight, bool WantsBias);
    }
}
