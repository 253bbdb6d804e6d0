using System.Text;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Gossip.Wire;

namespace Consul.Fast.Gossip.Node;

/// <summary>Makes members for readers out of what the core holds.</summary>
internal static class MemberForms
{
    public static Member From(in MemberView view) => From(view.Name, view.Address, view.Meta, view.Vsn, view.Status);

    public static Member From(
        ReadOnlyMemory<byte> name, GossipAddress address, ReadOnlyMemory<byte> meta, VersionVector vsn, MemberStatus status) =>
        new(Encoding.UTF8.GetString(name.Span), AddressForms.ToAddress(address), address.Port, TagsOf(meta), status)
        {
            Protocol = new ProtocolVersions(vsn.PMin, vsn.PMax, vsn.PCur),
            Delegate = new ProtocolVersions(vsn.DMin, vsn.DMax, vsn.DCur),
        };

    /// <summary>Tags of most members are alike: their texts are shared.</summary>
    private static KeyValuePair<string, string>[] TagsOf(ReadOnlyMemory<byte> meta)
    {
        List<KeyValuePair<string, string>> tags = [];
        TagReader reader = new(meta);
        while (reader.TryNext(out ReadOnlyMemory<byte> name, out ReadOnlyMemory<byte> value))
        {
            tags.Add(new(SharedTexts.Of(name.Span), SharedTexts.Of(value.Span)));
        }

        tags.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return [.. tags];
    }
}
