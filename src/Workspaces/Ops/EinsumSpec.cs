using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>A parsed specification such as <c>bij,bjk->bik</c>: which letter names which axis of the operands and of the result.</summary>
internal readonly ref struct EinsumSpec
{
    private const int Letters = 52;

    private EinsumSpec(ReadOnlySpan<char> first, ReadOnlySpan<char> second, ReadOnlySpan<char> result, int operands)
    {
        First = first;
        Second = second;
        Result = result;
        Operands = operands;
    }

    /// <summary>Letters of the first operand.</summary>
    internal ReadOnlySpan<char> First { get; }

    /// <summary>Letters of the second operand; empty for one operand.</summary>
    internal ReadOnlySpan<char> Second { get; }

    /// <summary>Letters of the result.</summary>
    internal ReadOnlySpan<char> Result { get; }

    /// <summary>1 or 2.</summary>
    internal int Operands { get; }

    /// <summary>Parses and checks against the operands' shapes.</summary>
    internal static EinsumSpec Parse(string spec, in Shape first, in Shape? second)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var operands = new Given(first, second);
        ReadOnlySpan<char> text = spec;
        int arrow = text.IndexOf("->", StringComparison.Ordinal);
        if (arrow < 0) ThrowSpec(spec, operands, "it has no '->' with the letters of the result behind it");
        ReadOnlySpan<char> left = text[..arrow].Trim(), result = text[(arrow + 2)..].Trim();
        int comma = left.IndexOf(',');
        int named = comma < 0 ? 1 : 2, given = second is null ? 1 : 2;
        if (named != given) ThrowSpec(spec, operands, $"it names {named} operands, and {given} are given");
        ReadOnlySpan<char> a = comma < 0 ? left : left[..comma].Trim(), b = comma < 0 ? default : left[(comma + 1)..].Trim();
        Span<long> sizes = stackalloc long[Letters];
        sizes.Fill(-1);
        Bind(spec, operands, a, first, sizes, "first");
        if (second is { } shape) Bind(spec, operands, b, shape, sizes, "second");
        for (int i = 0; i < result.Length; i++)
        {
            CheckLetter(spec, operands, result[i]);
            if (sizes[Number(result[i])] < 0) ThrowSpec(spec, operands, $"the result has an axis '{result[i]}' that no operand has");
            if (result[..i].Contains(result[i])) ThrowSpec(spec, operands, $"the result names the axis '{result[i]}' twice");
        }

        return new EinsumSpec(a, b, result, named);
    }

    private static void Bind(string spec, in Given operands, ReadOnlySpan<char> letters, in Shape shape, Span<long> sizes, string which)
    {
        if (letters.Length != shape.Rank) ThrowSpec(spec, operands, $"the {which} operand {shape} has {shape.Rank} axes, and {letters.Length} letters name them");
        for (int i = 0; i < letters.Length; i++)
        {
            CheckLetter(spec, operands, letters[i]);
            if (letters[..i].Contains(letters[i])) ThrowSpec(spec, operands, $"the {which} operand names the axis '{letters[i]}' twice, and diagonals are not taken");
            ref long size = ref sizes[Number(letters[i])];
            if (size >= 0 && size != shape[i]) ThrowSpec(spec, operands, $"the axis '{letters[i]}' has {size} elements in the first operand and {shape[i]} in the second");
            size = shape[i];
        }
    }

    private static void CheckLetter(string spec, in Given operands, char letter)
    {
        if (!char.IsAsciiLetter(letter)) ThrowSpec(spec, operands, $"'{letter}' is no letter; each axis is one letter, without spaces and '...'");
    }

    private static int Number(char letter) => letter >= 'a' ? letter - 'a' : letter - 'A' + 26;

    private static void ThrowSpec(string spec, in Given operands, string why) => throw new ShapeException(
        $"compute '{spec}' of {operands}", "Einsum", why, "write one letter an axis, e.g. bij,bjk->bik");

    /// <summary>Shapes of the operands, for errors.</summary>
    private readonly record struct Given(Shape First, Shape? Second)
    {
        public override string ToString() => Second is { } second ? $"{First} and {second}" : $"{First}";
    }
}
