using System.Globalization;

namespace Consul.Fast.Daemon.Http.Json;

/// <summary>Floating point numbers as Consul writes them in JSON.</summary>
internal static class GoFloat
{
    /// <summary>The shortest text that reads back the same; with an exponent below 1e-6 and from 1e21 on.</summary>
    public static string Format(double value)
    {
        if (value == 0) return double.IsNegative(value) ? "-0" : "0";
        (string digits, int exponent) = Decompose(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
        string sign = value < 0 ? "-" : "";
        if (Math.Abs(value) is < 1e-6 or >= 1e21)
        {
            string fraction = digits.Length > 1 ? $".{digits.AsSpan(1)}" : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}";
        }

        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0')
            : $"{sign}{digits.AsSpan(0, exponent + 1)}.{digits.AsSpan(exponent + 1)}";
    }

    /// <summary>The significant digits of a number text, and the power of ten of the first one.</summary>
    private static (string Digits, int Exponent) Decompose(string number)
    {
        int end = number.IndexOf('E', StringComparison.Ordinal);
        int exponent = end < 0 ? 0 : int.Parse(number.AsSpan(end + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = end < 0 ? number : number[..end];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        string significant = digits.TrimStart('0');
        exponent += (point < 0 ? digits.Length : point) - 1 - (digits.Length - significant.Length);
        return (significant.TrimEnd('0'), exponent);
    }
}
