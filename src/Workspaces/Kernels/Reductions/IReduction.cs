namespace Workspaces.Kernels.Reductions;

/// <summary>How many elements become one.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <typeparam name="TAccumulator">What is carried along; wider than T where T would lose digits.</typeparam>
/// <typeparam name="TResult">Type of the result.</typeparam>
internal interface IReduction<T, TAccumulator, TResult>
{
    /// <summary>Whether a reduction of no elements has a value.</summary>
    static abstract bool HasIdentity { get; }

    /// <summary>The state before the first element.</summary>
    static abstract TAccumulator Identity { get; }

    /// <summary>One more element.</summary>
    static abstract TAccumulator Combine(TAccumulator state, T x);

    /// <summary>A contiguous run of at least one element.</summary>
    static abstract TAccumulator Combine(TAccumulator state, ReadOnlySpan<T> run);

    /// <summary>One more element for each of as many states: a row, when columns are reduced.</summary>
    static abstract void CombineEach(Span<TAccumulator> states, ReadOnlySpan<T> row);

    /// <summary>The result after <paramref name="count"/> elements.</summary>
    static abstract TResult Finish(TAccumulator state, long count);
}
