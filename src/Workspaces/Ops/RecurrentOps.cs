using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Recurrent;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>
/// The recurrent part of RNN, GRU and LSTM as one op: products with the input come in, states come out. What the way back needs is kept once:
/// the activated gates (in the memory of the products), the states, and the cell states.
/// </summary>
internal static class RecurrentOps
{
    /// <summary>Runs a recurrence.</summary>
    /// <param name="call">What and how.</param>
    /// <param name="gates">x Wᵢᵀ + b for all steps, contiguous, overwritten: it must belong to the caller and be used nowhere else.</param>
    /// <param name="weight">Wₕ, [gates · hidden, hidden].</param>
    /// <param name="bias">For a GRU, the summand of the product with the last state; or null.</param>
    /// <param name="state">Initial state, [samples, hidden]; or null for 0.</param>
    /// <param name="cell">Initial cell state of an LSTM; or null for 0. There is either both or none.</param>
    /// <returns>The states of all steps, and behind them the last cell state where that is asked for.</returns>
    internal static Tensor Run(in RecurrentCall call, Tensor gates, Tensor weight, Tensor? bias, Tensor? state, Tensor? cell)
    {
        Tensor w = weight.Contiguous(), b = bias?.Contiguous() ?? default, h = state?.Contiguous() ?? default, c = cell?.Contiguous() ?? default;
        using Tensor madeW = Arithmetic.Made(w, weight), madeB = Arithmetic.Made(b, bias ?? default);
        using Tensor madeH = Arithmetic.Made(h, state ?? default), madeC = Arithmetic.Made(c, cell ?? default);
        RecurrenceSettings settings = call.Settings(gates.Shape);
        Tensor y = Forward(call, settings, gates, w, bias is null ? w : b, state is null ? w : h, cell is null ? w : c, out Tensor memory);
        using Tensor kept = memory;
        bool records = Tape.Records(gates, w) || (bias is not null && Tape.Records(b)) || (state is not null && Tape.Records(h)) || (cell is not null && Tape.Records(c));
        if (!records) return y;
        Node node = Record(y, gates, w, bias is null ? state is null ? default : h : b, bias is null ? cell is null ? default : c : state is null ? default : h);
        if (call.HasMemory) node.Save(0, gates);
        node.Save(1, w).Save(2, y);
        if (memory.HeaderOrNull is not null) node.Save(3, memory);
        node.Number = call.Pack();
        return y;
    }

    private static Node Record(Tensor y, Tensor gates, Tensor weight, Tensor third, Tensor fourth)
    {
        if (third.HeaderOrNull is null) return Tape.Record(RecurrentBackward.Instance, y, gates, weight);
        return fourth.HeaderOrNull is null
            ? Tape.Record(RecurrentBackward.Instance, y, gates, weight, third)
            : Tape.Record(RecurrentBackward.Instance, y, gates, weight, third, fourth);
    }

    private static Tensor Forward(
        in RecurrentCall call, in RecurrenceSettings settings, Tensor gates, Tensor weight, Tensor bias, Tensor state, Tensor cell, out Tensor memory)
    {
        string name = call.Kind.ToName();
        using var op = new OpScope(name, gates, weight, bias, state, cell);
        op.BeginWrite(gates);
        Tensor y = op.Allocate(gates.DType, call.OutputShape(gates.Shape));
        long length = call.MemoryLength(settings);
        memory = length > 0 ? op.Allocate(gates.DType, new Shape(length)) : default;
        var run = new ForwardOperands(gates, weight, bias, state, cell, memory, y);
        Choose(op, gates.DType, call, settings, run);
        op.Complete();
        return y;
    }

    /// <summary>Goes from the element type and the kind of cell to the code that was made for them.</summary>
    private static void Choose<TWay>(in OpScope op, DType dtype, in RecurrentCall call, in RecurrenceSettings settings, in TWay way)
        where TWay : struct, IRecurrentWay
    {
        if (dtype == DType.F32) Choose<float, TWay>(op, call, settings, way);
        else Choose<double, TWay>(op, call, settings, way);
    }

    private static void Choose<T, TWay>(in OpScope op, in RecurrentCall call, in RecurrenceSettings settings, in TWay way)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWay : struct, IRecurrentWay
    {
        switch (call.Kind)
        {
            case RecurrentCellKind.Lstm: way.Run<T, LstmCell>(op, call, settings); break;
            case RecurrentCellKind.Gru: way.Run<T, GruCell>(op, call, settings); break;
            case RecurrentCellKind.Relu: way.Run<T, ReluCell>(op, call, settings); break;
            default: way.Run<T, TanhCell>(op, call, settings); break;
        }
    }

    private static void Forward<T, TCell>(in OpScope op, in RecurrentCall call, in RecurrenceSettings settings, in ForwardOperands run)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TCell : IRecurrentCell
    {
        if (settings.StateLength == 0) return;
        KernelTeam? team = Team<TCell>(op, settings);
        using OpScratch<T> scratch = op.Scratch<T>(Recurrence.ForwardScratch<T, TCell>(settings, team?.Threads ?? 1));
        op.CountWork((long)settings.Steps * settings.StateLength * settings.Hidden * TCell.Gates);
        if (!op.Computes) return;
        Span<T> memory = run.Memory.HeaderOrNull is null ? default : op.WriteSpan<T>(run.Memory);
        int states = settings.StateLength;
        if (call.HasState) op.ReadSpan<T>(run.State).CopyTo(memory[^states..]);
        if (call.HasState && call.Kind == RecurrentCellKind.Lstm) op.ReadSpan<T>(run.Cell).CopyTo(memory[^(2 * states)..]);
        Recurrence.Forward<T, TCell>(
            op.WriteSpan<T>(run.Gates), op.ReadSpan<T>(run.Weight), call.HasBias ? op.ReadSpan<T>(run.Bias) : default, memory, op.WriteSpan<T>(run.Y), settings,
            scratch.Span, team);
    }

    /// <summary>The threads for all steps where parts of the samples run by themselves; else those that one step is worth.</summary>
    private static KernelTeam? Team<TCell>(in OpScope op, in RecurrenceSettings settings)
        where TCell : IRecurrentCell
    {
        long bytes = 4L * settings.Samples * settings.Hidden * TCell.Gates, products = (long)settings.StateLength * settings.Hidden * TCell.Gates;
        KernelTeam? team = ComputeTeams.For(op.Frame, bytes * settings.Steps, products * settings.Steps);
        return team is null || SampleParts.OfSequence(settings, team.Threads) > 1 ? team : ComputeTeams.For(op.Frame, bytes, products);
    }

    private static string ToName(this RecurrentCellKind kind) => kind switch { RecurrentCellKind.Lstm => "Lstm", RecurrentCellKind.Gru => "Gru", _ => "Rnn" };

    /// <summary>The way there or back through the steps.</summary>
    private interface IRecurrentWay
    {
        /// <summary>Runs all steps.</summary>
        void Run<T, TCell>(in OpScope op, in RecurrentCall call, in RecurrenceSettings settings)
            where T : unmanaged, IFloatingPointIeee754<T>
            where TCell : IRecurrentCell;
    }

    private readonly record struct ForwardOperands(Tensor Gates, Tensor Weight, Tensor Bias, Tensor State, Tensor Cell, Tensor Memory, Tensor Y) : IRecurrentWay
    {
        public void Run<T, TCell>(in OpScope op, in RecurrentCall call, in RecurrenceSettings settings)
            where T : unmanaged, IFloatingPointIeee754<T>
            where TCell : IRecurrentCell => Forward<T, TCell>(op, call, settings, this);
    }

    /// <summary>Back through the steps, then the gradients of weight and bias for all steps at once.</summary>
    private sealed class RecurrentBackward : Differential
    {
        internal static readonly RecurrentBackward Instance = new();

        internal override string Name => "Recurrence";

        internal override void Backward(in BackwardContext context)
        {
            RecurrentCall call = RecurrentCall.Unpack(context.Node.Number);
            string name = context.Node.OpName;
            Tensor given = context.Gradient, dY = given.Layout.IsContiguous ? given : Arithmetic.Copy(given, name);
            RecurrenceSettings settings = call.Settings(context.Node[0].Shape);
            Tensor dGates = Steps(context, call, settings, dY, out Tensor dHidden, out Tensor dState, out Tensor dCell);
            Arithmetic.Made(dY, given).Dispose();
            context.ReleaseGradient();
            context.ReleaseSaved(0);
            if (call.HasState)
            {
                if (context.WantsGradient(call.StateInput)) context.Send(call.StateInput, dState);
                if (call.Kind == RecurrentCellKind.Lstm && context.WantsGradient(3)) context.Send(3, dCell);
            }

            GradientHold.Drop(dState);
            if (dCell.HeaderOrNull is not null) GradientHold.Drop(dCell);
            Tensor slopes = call.SplitsGates ? dHidden : dGates;
            Parameters(context, call, settings, slopes);
            if (call.SplitsGates) GradientHold.Drop(dHidden);
            context.SendOwned(0, dGates);
        }

        /// <summary>Gradients of weight and bias: products of all steps with the states before them.</summary>
        private static void Parameters(in BackwardContext context, in RecurrentCall call, in RecurrenceSettings settings, Tensor slopes)
        {
            string name = context.Node.OpName;
            Tensor matrix = TensorFrames.View(slopes, Layout.Contiguous(new Shape(slopes.Length / Math.Max(1, slopes.Shape[2]), slopes.Shape[2])), name);
            if (context.WantsGradient(1))
            {
                Tensor before = StatesBefore(name, context, settings, matrix.Shape[0]);
                context.ReleaseSaved(3);
                context.ReleaseSaved(2);
                Tensor transposed = TensorFrames.View(matrix, matrix.Layout.Transpose(0, 1), name);
                MatrixProduct.Into(name, transposed, before, context.Target(1, context.Node[1].Shape, out bool accumulate), accumulate);
                before.Dispose();
            }

            if (call.HasBias && context.WantsGradient(2)) BroadcastGradient.Send(context, 2, matrix, owned: false);
        }

        private static Tensor StatesBefore(string name, in BackwardContext context, in RecurrenceSettings settings, long rows)
        {
            Tensor y = context.Saved(2), memory = context.HasSaved(3) ? context.Saved(3) : y;
            using var op = new OpScope(name, y, memory);
            Tensor before = op.Allocate(y.DType, new Shape(rows, settings.Hidden));
            KernelTeam? team = ComputeTeams.For(op.Frame, 2 * before.Length * before.DType.SizeInBytes);
            if (op.Computes && settings.StateLength > 0)
            {
                if (y.DType == DType.F32) Recurrence.StatesBefore(op.ReadSpan<float>(y), op.ReadSpan<float>(memory), op.WriteSpan<float>(before), settings, team);
                else Recurrence.StatesBefore(op.ReadSpan<double>(y), op.ReadSpan<double>(memory), op.WriteSpan<double>(before), settings, team);
            }

            op.Complete();
            return before;
        }

        private static Tensor Steps(
            in BackwardContext context, in RecurrentCall call, in RecurrenceSettings settings, Tensor dY, out Tensor dHidden, out Tensor dState, out Tensor dCell)
        {
            string name = context.Node.OpName;
            Tensor weight = context.Saved(1), y = context.Saved(2), gates = call.HasMemory ? context.Saved(0) : y;
            Tensor memory = context.HasSaved(3) ? context.Saved(3) : y;
            using var op = new OpScope(name, gates, weight, y, memory, dY);
            Tensor dGates = op.Allocate(gates.DType, context.Node[0].Shape);
            dHidden = call.SplitsGates ? op.Allocate(gates.DType, dGates.Shape) : default;
            dState = op.Allocate(gates.DType, new Shape(settings.Samples, settings.Hidden));
            dCell = default;
            Tensor dMemory = call.Kind == RecurrentCellKind.Lstm ? dCell = op.Allocate(gates.DType, new Shape(settings.Samples, settings.Hidden)) : default;
            var run = new Operands(gates, weight, y, memory, dY, dGates, dHidden, dState, dMemory);
            Choose(op, gates.DType, call, settings, run);
            op.Complete();
            return dGates;
        }

        private static void Steps<T, TCell>(in OpScope op, in RecurrentCall call, in RecurrenceSettings settings, in Operands run)
            where T : unmanaged, IFloatingPointIeee754<T>
            where TCell : IRecurrentCell
        {
            if (settings.StateLength == 0) return;
            KernelTeam? team = Team<TCell>(op, settings);
            using OpScratch<T> scratch = op.Scratch<T>(Recurrence.BackwardScratch<T, TCell>(settings, team?.Threads ?? 1));
            op.CountWork((long)settings.Steps * settings.StateLength * settings.Hidden * TCell.Gates);
            if (!op.Computes) return;
            var forward = new RecurrenceRun<T>
            {
                Gates = call.HasMemory ? op.ReadSpan<T>(run.Gates) : default,
                Weight = op.ReadSpan<T>(run.Weight),
                Memory = op.ReadSpan<T>(run.Memory),
                Y = op.ReadSpan<T>(run.Y),
            };
            var gradients = new RecurrenceGradients<T>
            {
                Gates = op.WriteSpan<T>(run.DGates),
                Hidden = call.SplitsGates ? op.WriteSpan<T>(run.DHidden) : default,
                State = op.WriteSpan<T>(run.DState),
                Memory = run.DCell.HeaderOrNull is null ? default : op.WriteSpan<T>(run.DCell),
            };
            Recurrence.Backward<T, TCell>(forward, op.ReadSpan<T>(run.DY), gradients, settings, scratch.Span, team);
        }

        private readonly record struct Operands(
            Tensor Gates, Tensor Weight, Tensor Y, Tensor Memory, Tensor DY, Tensor DGates, Tensor DHidden, Tensor DState, Tensor DCell) : IRecurrentWay
        {
            public void Run<T, TCell>(in OpScope op, in RecurrentCall call, in RecurrenceSettings settings)
                where T : unmanaged, IFloatingPointIeee754<T>
                where TCell : IRecurrentCell => Steps<T, TCell>(op, call, settings, this);
        }
    }
}
