using System.Text;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Tests.Rpc;

/// <summary>Encoded objects as text, in which only the maps that Go writes in random order are sorted.</summary>
internal static class OrderedMaps
{
    private static readonly HashSet<string> FreeMaps =
        ["Meta", "NodeMeta", "NodeMetaFilters", "TaggedAddresses", "ServiceMeta", "ServiceTaggedAddresses", "Services"];

    public static string Of(byte[] encoded)
    {
        var reader = new MsgPackReader(encoded);
        string text = Next(ref reader, "");
        Assert.False(reader.Failed);
        Assert.True(reader.AtEnd);
        return text;
    }

    /// <param name="name">The key that the object stands under.</param>
    private static string Next(ref MsgPackReader reader, string name)
    {
        switch (reader.Peek())
        {
            case MsgPackKind.Array:
                var items = new List<string>();
                for (int i = reader.ReadArrayHeader(); i > 0; i--) items.Add(Next(ref reader, ""));
                return $"[{string.Join(", ", items)}]";
            case MsgPackKind.Map:
                var pairs = new List<string>();
                for (int i = reader.ReadMapHeader(); i > 0; i--)
                {
                    string key = Encoding.UTF8.GetString(reader.ReadKey());
                    pairs.Add($"{key}: {Next(ref reader, key)}");
                }

                if (FreeMaps.Contains(name)) pairs.Sort(StringComparer.Ordinal);
                return $"{{{string.Join(", ", pairs)}}}";
            default:
                return Convert.ToHexStringLower(reader.ReadEncoded());
        }
    }
}
