using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>Filters and orders of address lists.</summary>
internal static class InterfaceQueries
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<InterfaceAddress> Default(IReadOnlyList<InterfaceAddress> all) =>
        [.. all.Where(static address => address.IsDefault)];

    /// <summary>Forwardable addresses of interfaces that are up, inside or outside the special ranges.</summary>
    public static IReadOnlyList<InterfaceAddress> Special(IReadOnlyList<InterfaceAddress> all, bool inside) =>
        Sort([.. Ranged(all, inside).Where(static address => address.Flags.HasFlag(InterfaceFlags.Up))], "default,type,size");

    public static IReadOnlyList<InterfaceAddress> ForwardableByRange(IReadOnlyList<InterfaceAddress> all, bool inside) =>
        Sort([.. Ranged(all, inside)], "type,size");

    public static IReadOnlyList<InterfaceAddress> ForwardableOf(IReadOnlyList<InterfaceAddress> all, string name) =>
        Sort([.. Include(all, "name", name).Where(static address => SpecialRanges.IsForwardable(address.Address))], "type,size");

    public static IReadOnlyList<InterfaceAddress> Include(IReadOnlyList<InterfaceAddress> list, string selector, string value) =>
        [.. list.Where(Selector(selector, value))];

    public static IReadOnlyList<InterfaceAddress> Exclude(IReadOnlyList<InterfaceAddress> list, string selector, string value)
    {
        Func<InterfaceAddress, bool> matches = Selector(selector, value);
        return [.. list.Where(address => !matches(address))];
    }

    public static IReadOnlyList<InterfaceAddress> Sort(IReadOnlyList<InterfaceAddress> list, string keys)
    {
        var comparisons = new List<Comparison<InterfaceAddress>>();
        foreach (string part in keys.Split(','))
        {
            string key = part.Trim().ToLowerInvariant();
            bool descending = key.StartsWith('-');
            Comparison<InterfaceAddress> ascending = ComparisonOf(key.TrimStart('-', '+'));
            comparisons.Add(descending ? (left, right) => ascending(right, left) : ascending);
        }

        return [.. list.OrderBy(static address => address, Comparer<InterfaceAddress>.Create((left, right) =>
        {
            foreach (Comparison<InterfaceAddress> compare in comparisons)
            {
                int order = compare(left, right);
                if (order != 0) return order;
            }

            return 0;
        }))];
    }

    public static IReadOnlyList<InterfaceAddress> Limit(IReadOnlyList<InterfaceAddress> list, long count) =>
        count >= 0 ? [.. list.Take((int)Math.Min(count, int.MaxValue))] : throw new TemplateException($"unable to limit to {count}");

    public static IReadOnlyList<InterfaceAddress> Offset(IReadOnlyList<InterfaceAddress> list, long offset)
    {
        long start = offset >= 0 ? offset : list.Count + offset;
        return start >= 0 && start <= list.Count
            ? [.. list.Skip((int)start)]
            : throw new TemplateException("unable to seek past the end of the interface array: offset exceeds length");
    }

    public static IReadOnlyList<InterfaceAddress> Unique(IReadOnlyList<InterfaceAddress> list, string selector)
    {
        Func<InterfaceAddress, string> key = selector.ToLowerInvariant() switch
        {
            "address" => static address => address.Address.ToString(),
            "name" => static address => address.Name,
            _ => throw new TemplateException($"unsupported unique constraint \"{selector}\""),
        };
        return [.. list.Where((address, i) => i == 0 || key(address) != key(list[i - 1]))];
    }

    private static IEnumerable<InterfaceAddress> Ranged(IReadOnlyList<InterfaceAddress> all, bool inside) =>
        all.Where(address => SpecialRanges.IsForwardable(address.Address) && SpecialRanges.IsInRfc(6890, address.Address, out _) == inside);

    private static Comparison<InterfaceAddress> ComparisonOf(string key) => key switch
    {
        "address" => static (left, right) => left.IsIPv4 == right.IsIPv4 ? left.Number.CompareTo(right.Number)
            : right.IsIPv4.CompareTo(left.IsIPv4),
        "default" => static (left, right) => right.IsDefault.CompareTo(left.IsDefault),
        "name" => static (left, right) => string.CompareOrdinal(left.Name, right.Name),
        "port" => static (_, _) => 0,
        "private" => static (left, right) => IsPrivate(right).CompareTo(IsPrivate(left)),
        "size" => static (left, right) => (right.Bits - right.PrefixLength).CompareTo(left.Bits - left.PrefixLength),
        "type" => static (left, right) => right.IsIPv4.CompareTo(left.IsIPv4),
        _ => throw new TemplateException($"unknown sort type: \"{key}\""),
    };

    private static bool IsPrivate(InterfaceAddress address) => SpecialRanges.IsInRfc(6890, address.Address, out _);

    private static Func<InterfaceAddress, bool> Selector(string selector, string value)
    {
        switch (selector.ToLowerInvariant())
        {
            case "address": return ByPattern(value, static address => address.ToString());
            case "name": return ByPattern(value, static address => address.Name);
            case "port": return ByPattern(value, static _ => "0");
            case "flag" or "flags": return InterfaceFlagNames.Selector(value);
            case "network": return ByNetwork(value);
            case "rfc" or "rfcs": return ByRfc(value);
            case "size": return BySize(value);
            case "type": return ByType(value);
            default: throw new TemplateException($"invalid include selector \"{selector}\"");
        }
    }

    private static Func<InterfaceAddress, bool> ByPattern(string pattern, Func<InterfaceAddress, string> text)
    {
        try
        {
            var expression = new Regex(pattern, RegexOptions.CultureInvariant, MatchTimeout);
            return address => expression.IsMatch(text(address));
        }
        catch (ArgumentException)
        {
            throw new TemplateException($"unable to compile regexp {pattern}");
        }
    }

    private static Func<InterfaceAddress, bool> ByNetwork(string value)
    {
        IPNetwork[] networks = Array.ConvertAll(value.Split('|'), static text => Cidr.TryParse(text.Trim(), out IPNetwork network)
            ? network : throw new TemplateException($"unable to parse network {text}"));
        return address => Array.Exists(networks, network => network.Contains(address.Address));
    }

    private static Func<InterfaceAddress, bool> ByRfc(string value)
    {
        int[] numbers = Array.ConvertAll(
            value.Split('|'), static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number : throw new TemplateException($"unable to parse RFC number {text}"));
        foreach (int number in numbers)
        {
            SpecialRanges.IsInRfc(number, IPAddress.Any, out bool known);
            if (!known) throw new TemplateException($"unsupported RFC {number}");
        }

        return address => Array.Exists(numbers, number => SpecialRanges.IsInRfc(number, address.Address, out _));
    }

    private static Func<InterfaceAddress, bool> BySize(string value)
    {
        if (!int.TryParse(value.TrimStart('/'), NumberStyles.None, CultureInfo.InvariantCulture, out int size))
        {
            throw new TemplateException($"invalid size {value}");
        }

        return address => address.PrefixLength == size;
    }

    private static Func<InterfaceAddress, bool> ByType(string value)
    {
        string[] types = value.ToLowerInvariant().Split('|');
        string? unknown = Array.Find(types, static type => type is not ("ip" or "ipv4" or "ipv6" or "unix"));
        if (unknown is not null) throw new TemplateException($"unsupported type \"{unknown}\" in include");
        return address => types.Contains("ip") || types.Contains(address.IsIPv4 ? "ipv4" : "ipv6");
    }
}
