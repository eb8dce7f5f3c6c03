using System.Globalization;
using System.Numerics;

namespace Workspaces.Tensors;

/// <summary>A finite number in decimal: sign, significant digits without zeros at either end, and the decimal point's place.</summary>
internal readonly struct DecimalDigits
{
    private readonly bool _isNegative;
    private readonly string _digits; // empty for zero
    private readonly int _point; // the value is 0.d₁d₂d₃… × 10^point

    private DecimalDigits(bool isNegative, string digits, int point)
    {
        string significant = digits.TrimStart('0');
        _isNegative = isNegative;
        _point = point - (digits.Length - significant.Length);
        _digits = significant.TrimEnd('0');
        if (_digits.Length == 0)
            _point = 1;
    }

    /// <summary>The power of ten of the first digit; 0 for zero.</summary>
    public int Exponent => _point - 1;

    /// <summary>Sign and digits before the point, written out: <c>-0</c>, <c>120</c>.</summary>
    public string IntegerPart => Sign + (_point <= 0 || _digits.Length == 0 ? "0" : Head(_point));

    /// <summary>The digits behind the point, written out; empty for an integer.</summary>
    public string Fraction => _digits.Length <= _point ? "" : new string('0', Math.Max(-_point, 0)) + _digits[Math.Max(_point, 0)..];

    /// <summary>Sign and first digit, for scientific notation.</summary>
    public string MantissaInteger => Sign + (_digits.Length == 0 ? "0" : Head(1));

    /// <summary>All digits but the first.</summary>
    public string MantissaFraction => _digits.Length <= 1 ? "" : _digits[1..];

    private string Sign => _isNegative ? "-" : "";

    /// <summary>The fewest digits that read back as the same value.</summary>
    /// <param name="value">A finite value.</param>
    /// <param name="isSingle">Whether it has to be told apart from neighbours in single precision only.</param>
    public static DecimalDigits Shortest(double value, bool isSingle)
    {
        string text = isSingle
            ? ((float)Math.Abs(value)).ToString("R", CultureInfo.InvariantCulture)
            : Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        int e = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? text : text[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        return new DecimalDigits(double.IsNegative(value), digits, (point < 0 ? mantissa.Length : point) + exponent);
    }

    /// <summary>The exact binary value rounded to a decimal place, halves to the even digit.</summary>
    /// <param name="value">A finite value.</param>
    /// <param name="decimals">Places behind the point; negative rounds to tens, hundreds, ….</param>
    public static DecimalDigits Exact(double value, int decimals)
    {
        // value·10^decimals as an exact fraction
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)(bits >> 52 & 0x7FF);
        long mantissa = (bits & 0xFFFFFFFFFFFFF) | (biased == 0 ? 0 : 1L << 52);
        int exponent = Math.Max(biased, 1) - 1075;
        BigInteger numerator = new BigInteger(mantissa) * BigInteger.Pow(10, Math.Max(decimals, 0)) << Math.Max(exponent, 0);
        BigInteger denominator = BigInteger.Pow(10, Math.Max(-decimals, 0)) << Math.Max(-exponent, 0);

        BigInteger whole = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int half = (rest << 1).CompareTo(denominator);
        if (half > 0 || (half == 0 && !whole.IsEven))
            whole += 1;
        string digits = whole.ToString(CultureInfo.InvariantCulture);
        return new DecimalDigits(double.IsNegative(value), digits, digits.Length - decimals);
    }

    /// <summary>These digits when they end at most that many places behind the point, else the exact value rounded there.</summary>
    /// <param name="value">The value these digits stand for.</param>
    /// <param name="decimals">As for <see cref="Exact"/>.</param>
    public DecimalDigits AtMost(double value, int decimals) => _digits.Length - _point <= decimals ? this : Exact(value, decimals);

    private string Head(int count) => _digits.Length >= count ? _digits[..count] : _digits.PadRight(count, '0');
}
