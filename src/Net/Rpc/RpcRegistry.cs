using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// The methods that a server answers. Filled at start by code, one <see cref="Add"/> per method, and then only read; a
/// look-up goes by the bytes of the name and allocates nothing.
/// </summary>
public sealed class RpcRegistry
{
    private readonly Dictionary<string, RpcMethod> _methods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _services = new(StringComparer.Ordinal);
    private RpcMethod?[] _table = [];

    /// <summary>All methods, in the order of their names.</summary>
    public IReadOnlyList<RpcMethod> Methods => [.. _methods.Values.OrderBy(static method => method.Name, StringComparer.Ordinal)];

    /// <summary>Registers a method; its name must have a dot and be new, and no server may use the registry yet.</summary>
    public RpcRegistry Add(RpcMethod method)
    {
        ArgumentNullException.ThrowIfNull(method);
        int dot = method.Name.LastIndexOf('.');
        if (dot <= 0) throw new ArgumentException($"Not the full name of a method: {method.Name}", nameof(method));
        if (_table.Length > 0) throw new InvalidOperationException("The registry is in use.");
        _methods.Add(method.Name, method);
        _services.Add(method.Name[..dot]);
        return this;
    }

    /// <summary>Builds the look-up table; nothing can be added afterwards.</summary>
    internal void Freeze()
    {
        if (_table.Length > 0) return;
        // Half empty at least, so that a probe ends soon.
        var table = new RpcMethod?[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(_methods.Count * 2, 2))];
        foreach (RpcMethod method in _methods.Values)
        {
            int slot = SlotOf(method.Encoded.Utf8, table.Length);
            while (table[slot] is not null) slot = (slot + 1) & (table.Length - 1);
            table[slot] = method;
        }

        _table = table;
    }

    internal RpcMethod? Find(ReadOnlySpan<byte> name)
    {
        RpcMethod?[] table = _table;
        for (int slot = SlotOf(name, table.Length); table[slot] is { } method; slot = (slot + 1) & (table.Length - 1))
        {
            if (name.SequenceEqual(method.Encoded.Utf8)) return method;
        }

        return null;
    }

    /// <summary>The error for a name that <see cref="Find"/> does not know.</summary>
    internal string WhyUnknown(ReadOnlySpan<byte> name)
    {
        string text = Encoding.UTF8.GetString(name);
        int dot = text.LastIndexOf('.');
        if (dot < 0) return RpcErrors.IllFormed(text);
        return _services.Contains(text[..dot]) ? RpcErrors.UnknownMethod(text) : RpcErrors.UnknownService(text);
    }

    /// <summary>The names are known beforehand, so a hash of both ends and the length is enough.</summary>
    private static int SlotOf(ReadOnlySpan<byte> name, int tableLength)
    {
        ulong hash = (ulong)name.Length;
        if (name.Length >= sizeof(ulong))
        {
            hash ^= BinaryPrimitives.ReadUInt64LittleEndian(name) * 0x9e3779b97f4a7c15;
            hash ^= BinaryPrimitives.ReadUInt64LittleEndian(name[^sizeof(ulong)..]) * 0xc2b2ae3d27d4eb4f;
        }
        else
        {
            foreach (byte b in name) hash = (hash ^ b) * 0x9e3779b97f4a7c15;
        }

        return (int)((hash * 0x9e3779b97f4a7c15) >> 40) & (tableLength - 1);
    }
}
