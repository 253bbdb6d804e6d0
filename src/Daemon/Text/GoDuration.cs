using System.Globalization;
using System.Text;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Text;

/// <summary>
/// Durations as Consul's users write them (<c>1h30m</c>, <c>1.5s</c>, <c>200ms</c>) and as Consul prints them. The unit
/// everywhere is the nanosecond in a signed 64-bit number.
/// </summary>
public static class GoDuration
{
    public const long Nanosecond = 1;
    public const long Microsecond = 1_000;
    public const long Millisecond = 1_000_000;
    public const long Second = 1_000_000_000;
    public const long Minute = 60 * Second;
    public const long Hour = 60 * Minute;

    /// <summary>Parses a duration; <paramref name="error"/> is the text that users of Consul know.</summary>
    public static bool TryParse(string text, out long nanoseconds, out string error)
    {
        nanoseconds = 0;
        error = "";
        ReadOnlySpan<char> rest = text;
        bool negative = rest.Length > 0 && rest[0] == '-';
        if (rest.Length > 0 && rest[0] is '-' or '+') rest = rest[1..];
        if (rest is "0") return true;
        if (rest.IsEmpty) return Invalid(text, out error);
        UInt128 total = 0;
        while (!rest.IsEmpty)
        {
            int numberLength = 0;
            while (numberLength < rest.Length && (char.IsAsciiDigit(rest[numberLength]) || rest[numberLength] == '.')) numberLength++;
            if (!TryParseNumber(rest[..numberLength], out decimal number)) return Invalid(text, out error);
            rest = rest[numberLength..];
            int unitLength = 0;
            while (unitLength < rest.Length && rest[unitLength] != '.' && !char.IsAsciiDigit(rest[unitLength])) unitLength++;
            if (unitLength == 0)
            {
                error = $"time: missing unit in duration {Quote(text)}";
                return false;
            }

            if (!TryGetUnit(rest[..unitLength], out long unit))
            {
                error = $"time: unknown unit {Quote(rest[..unitLength].ToString())} in duration {Quote(text)}";
                return false;
            }

            if (number > long.MaxValue / unit) return Invalid(text, out error);
            total += (UInt128)(number * unit);
            if (total > (UInt128)long.MaxValue) return Invalid(text, out error);
            rest = rest[unitLength..];
        }

        nanoseconds = negative ? -(long)total : (long)total;
        return true;
    }

    /// <summary>The normal form: <c>0s</c>, <c>1.5s</c>, <c>1m0s</c>, <c>200ms</c>.</summary>
    public static string Format(long nanoseconds)
    {
        if (nanoseconds == 0) return "0s";
        UInt128 magnitude = nanoseconds < 0 ? (UInt128)(-(Int128)nanoseconds) : (UInt128)nanoseconds;
        var result = new StringBuilder();
        if (nanoseconds < 0) result.Append('-');
        if (magnitude < (UInt128)Second)
        {
            (long unit, string name) = magnitude < (UInt128)Microsecond ? (Nanosecond, "ns")
                : magnitude < (UInt128)Millisecond ? (Microsecond, "µs") : (Millisecond, "ms");
            return AppendDecimal(result, (ulong)magnitude, (ulong)unit).Append(name).ToString();
        }

        ulong value = (ulong)magnitude;
        ulong hours = value / (ulong)Hour;
        ulong minutes = value / (ulong)Minute % 60;
        if (hours > 0) result.Append(hours).Append('h');
        if (hours > 0 || minutes > 0) result.Append(minutes).Append('m');
        return AppendDecimal(result, value % (ulong)Minute, (ulong)Second).Append('s').ToString();
    }

    public static string Format(TimeSpan duration) => Format(ToNanoseconds(duration));

    public static TimeSpan ToTimeSpan(long nanoseconds) => new(nanoseconds / 100);

    public static long ToNanoseconds(TimeSpan duration) => duration.Ticks > long.MaxValue / 100 ? long.MaxValue : duration.Ticks * 100;

    /// <summary>A text in double quotes with Go's escapes, as error texts show it.</summary>
    public static string Quote(string text) => GoText.Quote(text);

    private static bool Invalid(string text, out string error)
    {
        error = $"time: invalid duration {Quote(text)}";
        return false;
    }

    private static bool TryParseNumber(ReadOnlySpan<char> digits, out decimal number)
    {
        number = 0;
        if (digits.IsEmpty || digits is "." || digits.Count('.') > 1) return false;
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryGetUnit(ReadOnlySpan<char> name, out long unit)
    {
        unit = name switch
        {
            "ns" => Nanosecond,
            "us" or "µs" or "μs" => Microsecond,
            "ms" => Millisecond,
            "s" => Second,
            "m" => Minute,
            "h" => Hour,
            _ => 0,
        };
        return unit != 0;
    }

    private static StringBuilder AppendDecimal(StringBuilder result, ulong value, ulong unit)
    {
        result.Append(value / unit);
        ulong fraction = value % unit;
        if (fraction == 0) return result;
        int width = (int)Math.Log10(unit);
        return result.Append('.').Append(fraction.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0').TrimEnd('0'));
    }
}
