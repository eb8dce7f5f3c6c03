using System.Globalization;

namespace Workspaces.Tensors;

/// <summary>
/// One number format for a set of floating-point elements: the fewest digits that tell each from its neighbours, at most
/// <c>precision</c> behind the point, all points in one column; scientific when the largest magnitude is 10⁸ or more, the
/// smallest below 10⁻⁴, or their ratio above 1000. The choices are those of NumPy's printing.
/// </summary>
internal static class FloatFormat
{
    private const double LargestPositional = 1e8;
    private const double SmallestPositional = 1e-4;
    private const double LargestPositionalScalar = 1e16;
    private const double LargestRatio = 1000;

    /// <summary>Formats elements to words of equal width, or a single scalar without padding.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="isScalar">A tensor of rank 0: one value in full precision.</param>
    /// <param name="isSingle">Whether the values are single precision.</param>
    /// <param name="precision">The most digits behind the point, ignored for a scalar.</param>
    public static string[] Words(double[] values, bool isScalar, bool isSingle, int precision)
    {
        if (isScalar)
            return [Scalar(values[0], isSingle)];
        string[] words = NeedsExponent(values, isSingle)
            ? ScientificWords(values, isSingle, precision)
            : PositionalWords(values, isSingle, precision);

        int width = 0;
        for (int k = 0; k < words.Length; k++)
        {
            if (!double.IsFinite(values[k]))
                words[k] = NonFinite(values[k]);
            width = Math.Max(width, words[k].Length);
        }

        for (int k = 0; k < words.Length; k++)
            words[k] = words[k].PadLeft(width);
        return words;
    }

    private static bool NeedsExponent(double[] values, bool isSingle)
    {
        double largest = 0, smallest = double.PositiveInfinity;
        foreach (double value in values)
        {
            double magnitude = Math.Abs(value);
            if (magnitude == 0 || !double.IsFinite(magnitude))
                continue;
            largest = Math.Max(largest, magnitude);
            smallest = Math.Min(smallest, magnitude);
        }

        if (largest == 0)
            return false;
        double ratio = isSingle ? (float)largest / (float)smallest : largest / smallest;
        return largest >= LargestPositional || smallest < SmallestPositional || ratio > LargestRatio;
    }

    // Columns are aligned at the point: words get blanks behind until all have the longest fraction.
    private static string[] PositionalWords(double[] values, bool isSingle, int precision)
    {
        var words = new string[values.Length];
        var fractions = new int[values.Length];
        int longest = 0;
        for (int k = 0; k < values.Length; k++)
        {
            if (!double.IsFinite(values[k]))
                continue;
            DecimalDigits digits = DecimalDigits.Shortest(values[k], isSingle).AtMost(values[k], precision);
            if (digits.Fraction.Length == 0)
                digits = DecimalDigits.Exact(values[k], 0); // the shortest 99999990 of single precision is 99999992
            words[k] = digits.IntegerPart + "." + digits.Fraction;
            fractions[k] = digits.Fraction.Length;
            longest = Math.Max(longest, fractions[k]);
        }

        for (int k = 0; k < words.Length; k++)
            words[k] = words[k] is null ? "" : words[k] + new string(' ', longest - fractions[k]);
        return words;
    }

    // All mantissas get the longest fraction that any needs within the precision, and all exponents equally many digits.
    private static string[] ScientificWords(double[] values, bool isSingle, int precision)
    {
        int fraction = 0;
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
                continue;
            DecimalDigits digits = DecimalDigits.Shortest(value, isSingle);
            fraction = Math.Max(fraction, digits.AtMost(value, precision - digits.Exponent).MantissaFraction.Length);
        }

        var rounded = new DecimalDigits[values.Length];
        int exponentDigits = 2;
        for (int k = 0; k < values.Length; k++)
        {
            if (!double.IsFinite(values[k]))
                continue;
            rounded[k] = ExactMantissa(values[k], isSingle, fraction);
            exponentDigits = Math.Max(exponentDigits, DigitCount(rounded[k].Exponent));
        }

        var words = new string[values.Length];
        for (int k = 0; k < words.Length; k++)
            words[k] = double.IsFinite(values[k]) ? Scientific(rounded[k], fraction, exponentDigits) : "";
        return words;
    }

    // The shortest digits of a value just below a power of ten may name that power, e.g. 1E-09 for 9.9999997E-10. Binary
    // values differ from powers of ten within 20 digits or not at all, so these tell the true exponent.
    private static DecimalDigits ExactMantissa(double value, bool isSingle, int fraction)
    {
        int nearly = DecimalDigits.Shortest(value, isSingle).Exponent;
        int exponent = DecimalDigits.Exact(value, 20 - nearly).Exponent;
        return DecimalDigits.Exact(value, fraction - exponent);
    }

    private static string Scientific(in DecimalDigits digits, int fraction, int exponentDigits)
    {
        string exponent = Math.Abs(digits.Exponent).ToString(CultureInfo.InvariantCulture).PadLeft(exponentDigits, '0');
        return $"{digits.MantissaInteger}.{digits.MantissaFraction.PadRight(fraction, '0')}"
            + $"e{(digits.Exponent < 0 ? '-' : '+')}{exponent}";
    }

    private static int DigitCount(int exponent) => Math.Abs(exponent) >= 100 ? 3 : 2;

    private static string Scalar(double value, bool isSingle)
    {
        if (!double.IsFinite(value))
            return NonFinite(value);
        double magnitude = Math.Abs(value);
        DecimalDigits digits = DecimalDigits.Shortest(value, isSingle);
        if (magnitude == 0 || (magnitude >= SmallestPositional && magnitude < LargestPositionalScalar))
            return digits.IntegerPart + "." + (digits.Fraction.Length == 0 ? "0" : digits.Fraction);
        string text = Scientific(digits, 0, 2);
        return text.Replace(".e", "e", StringComparison.Ordinal);
    }

    private static string NonFinite(double value) => double.IsNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
}
