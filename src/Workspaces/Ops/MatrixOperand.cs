using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>How a matrix lies in memory for a product: which way round, and how far its stored rows are apart.</summary>
internal readonly struct MatrixOperand
{
    private MatrixOperand(bool transposed, int leadingDimension)
    {
        Transposed = transposed;
        LeadingDimension = leadingDimension;
    }

    /// <summary>True when columns, not rows, are stored next to each other.</summary>
    internal bool Transposed { get; }

    /// <summary>Elements between stored rows.</summary>
    internal int LeadingDimension { get; }

    /// <summary>The same memory as the transposed matrix.</summary>
    internal MatrixOperand Turned => new(!Transposed, LeadingDimension);

    /// <summary>True when the last two axes can be used as they lie: one of them has stride 1 and the other steps over whole rows.</summary>
    internal static bool TryOf(in Layout layout, out MatrixOperand operand)
    {
        int rank = layout.Rank;
        ref readonly AxisBuffer dims = ref layout.Shape.Buffer, steps = ref layout.Strides.Buffer;
        long rows = dims[rank - 2], columns = dims[rank - 1];
        long rowStride = steps[rank - 2], columnStride = steps[rank - 1];
        if ((columnStride == 1 || columns == 1) && (rowStride >= columns || rows == 1))
        {
            operand = new MatrixOperand(false, (int)(rows == 1 ? Math.Max(columns, 1) : rowStride));
            return true;
        }

        if ((rowStride == 1 || rows == 1) && (columnStride >= rows || columns == 1))
        {
            operand = new MatrixOperand(true, (int)(columns == 1 ? Math.Max(rows, 1) : columnStride));
            return true;
        }

        operand = default;
        return false;
    }
}
