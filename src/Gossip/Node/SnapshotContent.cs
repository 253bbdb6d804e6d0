using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using Consul.Fast.Gossip.Core.Options;

namespace Consul.Fast.Gossip.Node;

/// <summary>What the lines of a snapshot add up to: who is alive, and the clocks. Not thread safe.</summary>
internal sealed class SnapshotContent
{
    private readonly Dictionary<string, IPEndPoint> _alive = new(StringComparer.Ordinal);

    /// <summary>Members that were alive at the last line.</summary>
    public IReadOnlyCollection<KeyValuePair<string, IPEndPoint>> Alive => _alive;

    public LamportTimes Clocks { get; private set; }

    /// <returns>The line to append.</returns>
    public string SetAlive(string name, IPEndPoint address)
    {
        _alive[name] = address;
        return $"alive: {name} {address}\n";
    }

    /// <returns>The line to append.</returns>
    public string SetNotAlive(string name)
    {
        _alive.Remove(name);
        return $"not-alive: {name}\n";
    }

    /// <returns>The lines to append for the clocks that have grown.</returns>
    public string SetClocks(LamportTimes clocks)
    {
        StringBuilder lines = new();
        if (clocks.Member > Clocks.Member) lines.Append(CultureInfo.InvariantCulture, $"clock: {clocks.Member}\n");
        if (clocks.Event > Clocks.Event) lines.Append(CultureInfo.InvariantCulture, $"event-clock: {clocks.Event}\n");
        if (clocks.Query > Clocks.Query) lines.Append(CultureInfo.InvariantCulture, $"query-clock: {clocks.Query}\n");
        Clocks = clocks;
        return lines.ToString();
    }

    /// <summary>The shortest lines that say all this.</summary>
    public override string ToString()
    {
        StringBuilder lines = new();
        foreach ((string name, IPEndPoint address) in _alive) lines.Append(CultureInfo.InvariantCulture, $"alive: {name} {address}\n");
        LamportTimes clocks = Clocks;
        lines.Append(CultureInfo.InvariantCulture, $"clock: {clocks.Member}\nevent-clock: {clocks.Event}\nquery-clock: {clocks.Query}\n");
        return lines.ToString();
    }

    /// <summary>Takes a line without its end.</summary>
    /// <param name="rejoinAfterLeave">A departure does not count.</param>
    /// <returns>False when it makes no sense.</returns>
    public bool TryTake(ReadOnlySpan<char> line, bool rejoinAfterLeave)
    {
        if (line is "leave")
        {
            if (rejoinAfterLeave) return true;
            _alive.Clear();
            Clocks = default;
            return true;
        }

        if (line is ['#', ..]) return true;
        int colon = line.IndexOf(": ");
        if (colon < 0) return false;
        ReadOnlySpan<char> value = line[(colon + 2)..];
        switch (line[..colon])
        {
            case "alive":
                int space = value.LastIndexOf(' ');
                if (space <= 0 || !TryParse(value[(space + 1)..], out IPEndPoint? address)) return false;
                _alive[value[..space].ToString()] = address;
                return true;
            case "not-alive":
                _alive.Remove(value.ToString());
                return true;
            case "coordinate":
                return true;
            case "clock" when TryParse(value, out ulong member):
                Clocks = Clocks with { Member = member };
                return true;
            case "event-clock" when TryParse(value, out ulong userEvent):
                Clocks = Clocks with { Event = userEvent };
                return true;
            case "query-clock" when TryParse(value, out ulong query):
                Clocks = Clocks with { Query = query };
                return true;
            default:
                return false;
        }
    }

    private static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPEndPoint? address) =>
        IPEndPoint.TryParse(text, out address) && address.Port != 0;

    private static bool TryParse(ReadOnlySpan<char> text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
