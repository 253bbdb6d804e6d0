using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Filter;

/// <summary>How value texts become numbers and flags.</summary>
internal static class Coercions
{
    public static readonly CoercedSelectable<long> Number = new(TryNumber);
    public static readonly CoercedSelectable<bool> Flag = new(TryFlag);

    public static bool TryFlag(string text, out bool value, out string error)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        bool valid = value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
        error = valid ? "" : $"strconv.ParseBool: parsing {GoDuration.Quote(text)}: invalid syntax";
        return valid;
    }

    /// <summary>A whole number whose base follows from its prefix.</summary>
    public static bool TryNumber(string text, out long value, out string error)
    {
        value = 0;
        error = $"strconv.ParseInt: parsing {GoDuration.Quote(text)}: invalid syntax";
        ReadOnlySpan<char> digits = text;
        bool negative = digits.StartsWith('-');
        if (negative || digits.StartsWith('+')) digits = digits[1..];
        int radix = Radix(ref digits, out bool prefixed);
        UInt128 magnitude = 0;
        bool separable = prefixed;
        bool any = false;
        foreach (char c in digits)
        {
            if (c == '_' && separable)
            {
                separable = false;
                continue;
            }

            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix) return false;
            any = true;
            separable = true;
            if (magnitude <= ulong.MaxValue) magnitude = (magnitude * (uint)radix) + (uint)digit;
        }

        if (!any || !separable) return false;
        UInt128 limit = negative ? (UInt128)long.MaxValue + 1 : (UInt128)long.MaxValue;
        error = magnitude > limit ? $"strconv.ParseInt: parsing {GoDuration.Quote(text)}: value out of range" : "";
        value = negative ? (long)-(Int128)magnitude : (long)magnitude;
        return error.Length == 0;
    }

    /// <summary>Takes off the prefix; a leading zero alone means octal and stays, being a digit itself.</summary>
    private static int Radix(ref ReadOnlySpan<char> digits, out bool prefixed)
    {
        prefixed = false;
        if (digits.Length < 2 || digits[0] != '0') return 10;
        prefixed = true;
        int radix = char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 };
        digits = digits[(radix == 0 ? 1 : 2)..];
        return radix == 0 ? 8 : radix;
    }
}
