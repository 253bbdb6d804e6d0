using System.Globalization;

namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>Arithmetic on addresses.</summary>
internal static class InterfaceMath
{
    /// <param name="value">A number with its sign.</param>
    public static IReadOnlyList<InterfaceAddress> Apply(IReadOnlyList<InterfaceAddress> list, string operation, string value)
    {
        bool signed = value.StartsWith('+') || value.StartsWith('-');
        if (!signed || !ulong.TryParse(value.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong distance))
        {
            throw new TemplateException($"sign (+/-) is required for operation \"{operation}\"");
        }

        bool negative = value[0] == '-';
        return operation.ToLowerInvariant() switch
        {
            "address" => [.. list.Select(address => Move(address, address.Number, distance, negative))],
            "network" => [.. list.Select(address => InNetwork(address, distance, negative))],
            _ => throw new TemplateException($"unsupported math operation: \"{operation}\""),
        };
    }

    private static InterfaceAddress Move(InterfaceAddress address, UInt128 from, ulong distance, bool negative) =>
        address with { Address = address.FromNumber(negative ? from - distance : from + distance) };

    /// <summary>Counts from the network's address, negative values back from its end; stays inside.</summary>
    private static InterfaceAddress InNetwork(InterfaceAddress address, ulong distance, bool negative)
    {
        UInt128 offset = distance & address.HostMask;
        return negative
            ? Move(address, address.NetworkNumber | address.HostMask, (ulong)(offset == 0 ? 0 : offset - 1), negative: true)
            : Move(address, address.NetworkNumber, (ulong)offset, negative: false);
    }
}
