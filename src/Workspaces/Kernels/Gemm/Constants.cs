namespace Workspaces.Kernels.Gemm;

/// <summary>A number known at compile time: the JIT makes one straight-line micro-kernel for each tile height and width.</summary>
internal interface IConstant
{
    /// <summary>The number.</summary>
    static abstract int Value { get; }
}

/// <summary>The constant 0.</summary>
internal readonly struct Zero : IConstant
{
    /// <inheritdoc/>
    public static int Value => 0;
}

/// <summary>The constant 1.</summary>
internal readonly struct One : IConstant
{
    /// <inheritdoc/>
    public static int Value => 1;
}

/// <summary>The constant 2.</summary>
internal readonly struct Two : IConstant
{
    /// <inheritdoc/>
    public static int Value => 2;
}

/// <summary>The constant 3.</summary>
internal readonly struct Three : IConstant
{
    /// <inheritdoc/>
    public static int Value => 3;
}

/// <summary>The constant 4.</summary>
internal readonly struct Four : IConstant
{
    /// <inheritdoc/>
    public static int Value => 4;
}

/// <summary>The constant 5.</summary>
internal readonly struct Five : IConstant
{
    /// <inheritdoc/>
    public static int Value => 5;
}

/// <summary>The constant 6.</summary>
internal readonly struct Six : IConstant
{
    /// <inheritdoc/>
    public static int Value => 6;
}

/// <summary>The constant 7.</summary>
internal readonly struct Seven : IConstant
{
    /// <inheritdoc/>
    public static int Value => 7;
}

/// <summary>The constant 8.</summary>
internal readonly struct Eight : IConstant
{
    /// <inheritdoc/>
    public static int Value => 8;
}

/// <summary>The constant 9.</summary>
internal readonly struct Nine : IConstant
{
    /// <inheritdoc/>
    public static int Value => 9;
}

/// <summary>The constant 10.</summary>
internal readonly struct Ten : IConstant
{
    /// <inheritdoc/>
    public static int Value => 10;
}

/// <summary>The constant 11.</summary>
internal readonly struct Eleven : IConstant
{
    /// <inheritdoc/>
    public static int Value => 11;
}

/// <summary>The constant 12.</summary>
internal readonly struct Twelve : IConstant
{
    /// <inheritdoc/>
    public static int Value => 12;
}

/// <summary>The constant 16.</summary>
internal readonly struct Sixteen : IConstant
{
    /// <inheritdoc/>
    public static int Value => 16;
}
