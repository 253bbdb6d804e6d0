using System.Globalization;

namespace Consul.Fast.Daemon.Config.Hcl;

/// <summary>
/// Reads numbers: decimal, <c>0x</c> hexadecimal, leading <c>0</c> octal, fractions and exponents, each perhaps
/// negative.
/// </summary>
internal static class HclNumber
{
    public static bool TryParseInteger(string word, out long value)
    {
        ReadOnlySpan<char> digits = word;
        bool negative = digits.StartsWith('-');
        if (negative) digits = digits[1..];
        uint radix = 10;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            radix = 16;
            digits = digits[2..];
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            radix = 8;
            digits = digits[1..];
        }

        value = 0;
        if (digits.IsEmpty) return false;
        UInt128 total = 0;
        foreach (char c in digits)
        {
            if (!char.IsAsciiHexDigit(c)) return false;
            uint digit = uint.Parse([c], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            total = (total * radix) + digit;
            if (digit >= radix || total > long.MaxValue) return false;
        }

        value = negative ? -(long)total : (long)total;
        return true;
    }

    public static bool TryParseFraction(string word, out double value)
    {
        value = 0;
        if (!word.AsSpan().ContainsAny(".eE")) return false;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(word, Style, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }
}
