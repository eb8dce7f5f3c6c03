namespace Workspaces.Kernels.Attention;

/// <summary>Sizes of an attention, what is left out of it, and where its operands lie.</summary>
internal readonly record struct AttentionSettings
{
    /// <summary>Batches.</summary>
    public int Batches { get; init; }

    /// <summary>Heads.</summary>
    public int Heads { get; init; }

    /// <summary>Rows of a query matrix.</summary>
    public int Queries { get; init; }

    /// <summary>Rows of a key and of a value matrix.</summary>
    public int Keys { get; init; }

    /// <summary>Columns of a query and of a key matrix.</summary>
    public int KeyWidth { get; init; }

    /// <summary>Columns of a value matrix and of a result.</summary>
    public int ValueWidth { get; init; }

    /// <summary>What scores are multiplied by.</summary>
    public double Scale { get; init; }

    /// <summary>True when query i sees keys 0 to i only.</summary>
    public bool IsCausal { get; init; }

    /// <summary>Layout of the queries and of their gradient.</summary>
    public HeadLayout Query { get; init; }

    /// <summary>Layout of the keys and of their gradient.</summary>
    public HeadLayout Key { get; init; }

    /// <summary>Layout of the values and of their gradient.</summary>
    public HeadLayout Value { get; init; }

    /// <summary>Layout of the result and of its gradient.</summary>
    public HeadLayout Result { get; init; }

    /// <summary>Matrices in all.</summary>
    public int Matrices => Batches * Heads;

    /// <summary>Pairs of a query and a key that it may see, over all matrices.</summary>
    public long VisiblePairs
    {
        get
        {
            long rows = Math.Min(Queries, Keys), below = rows * (rows + 1) / 2;
            return Matrices * (IsCausal ? below + ((Queries - rows) * (long)Keys) : Queries * (long)Keys);
        }
    }

    /// <summary>Number of the first query of a matrix, counted over all matrices.</summary>
    public long FirstRow(int batch, int head) => (((long)batch * Heads) + head) * Queries;

    /// <summary>Keys that queries up to, not including, <paramref name="queryEnd"/> may see.</summary>
    public int VisibleKeys(int queryEnd) => IsCausal ? Math.Min(Keys, queryEnd) : Keys;
}
