namespace Workspaces.Kernels.Gemm;

/// <summary>A block of rows of C against a block of B, over some of the steps.</summary>
internal struct GemmBlock
{
    /// <summary>The first row, and the one behind the last.</summary>
    public int Row, RowEnd;

    /// <summary>The first column, and the one behind the last.</summary>
    public int Column, ColumnEnd;

    /// <summary>The first step of k, and how many.</summary>
    public int Step, Steps;

    /// <summary>Whether tiles of rows of A are copied.</summary>
    public bool CopiesA;

    /// <summary>Whether the first tile of rows copies the panels of B that it reads, for the tiles and blocks after it.</summary>
    public bool CopiesB;

    /// <summary>Whether no other block of rows reads the panels, so that each is made where the last one lay, in a near cache.</summary>
    public bool IsOnly;
}
