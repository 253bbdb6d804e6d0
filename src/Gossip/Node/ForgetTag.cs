using System.Buffers;
using System.Buffers.Text;

namespace Consul.Fast.Gossip.Node;

/// <summary>The duration in a member's <c>rc_tm</c> tag, written as <c>1h30m</c> or <c>1.5s</c>.</summary>
internal static class ForgetTag
{
    private static readonly SearchValues<byte> s_digits = SearchValues.Create("0123456789."u8);

    public static ReadOnlySpan<byte> Name => "rc_tm"u8;

    /// <summary>False when the text is no duration; too long a one is as good as never.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out TimeSpan duration)
    {
        duration = default;
        bool isNegative = text is [(byte)'-', ..];
        if (text is [(byte)'-' or (byte)'+', ..]) text = text[1..];
        if (text.SequenceEqual("0"u8)) return true;
        if (text.IsEmpty) return false;
        decimal ticks = 0;
        while (!text.IsEmpty)
        {
            int digits = text.IndexOfAnyExcept(s_digits);
            if (digits <= 0 || !TryNumber(text[..digits], out decimal number)) return false;
            text = text[digits..];
            int letters = text.IndexOfAny(s_digits);
            ReadOnlySpan<byte> unit = letters < 0 ? text : text[..letters];
            if (TicksOf(unit) is not { } unitTicks || number > long.MaxValue / Math.Max(1, unitTicks)) return false;
            ticks += number * unitTicks;
            text = text[unit.Length..];
        }

        if (ticks > long.MaxValue) return false;
        duration = TimeSpan.FromTicks((long)(isNegative ? -ticks : ticks));
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out decimal number)
    {
        number = 0;
        if (digits.Length > 20 || digits.Count((byte)'.') > 1 || digits.SequenceEqual("."u8)) return false;
        return Utf8Parser.TryParse(digits, out number, out int taken) && taken == digits.Length;
    }

    private static decimal? TicksOf(ReadOnlySpan<byte> unit)
    {
        if (unit.SequenceEqual("ns"u8)) return 0.01m;
        if (unit.SequenceEqual("us"u8) || unit.SequenceEqual("µs"u8) || unit.SequenceEqual("μs"u8)) return TimeSpan.TicksPerMicrosecond;
        if (unit.SequenceEqual("ms"u8)) return TimeSpan.TicksPerMillisecond;
        if (unit.SequenceEqual("s"u8)) return TimeSpan.TicksPerSecond;
        if (unit.SequenceEqual("m"u8)) return TimeSpan.TicksPerMinute;
        return unit.SequenceEqual("h"u8) ? TimeSpan.TicksPerHour : null;
    }
}
