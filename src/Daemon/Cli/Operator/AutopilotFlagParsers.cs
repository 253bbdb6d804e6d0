using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Cli.Operator;

/// <summary>Readers of flags that tell in full what is wrong with a value, unlike those of Go's <c>flag</c> package.</summary>
internal static class AutopilotFlagParsers
{
    public static bool Bool(string text, bool current, out bool value, out string error)
    {
        error = $"strconv.ParseBool: parsing {GoDuration.Quote(text)}: invalid syntax";
        return FlagParsers.TryParseBool(text, out value);
    }

    public static bool UInt(string text, ulong current, out ulong value, out string error)
    {
        bool valid = FlagParsers.UInt(text, current, out value, out error);
        string reason = error == FlagParsers.RangeError ? error : "invalid syntax";
        error = $"strconv.ParseUint: parsing {GoDuration.Quote(text)}: {reason}";
        return valid;
    }

    /// <summary>Nanoseconds.</summary>
    public static bool Duration(string text, long current, out long value, out string error) =>
        GoDuration.TryParse(text, out value, out error);
}
