using System.Buffers;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Consensus.Wire;

/// <summary>The form of a configuration in log entries and snapshots.</summary>
internal static class ConfigurationCodec
{
    public static byte[] Encode(ClusterConfiguration configuration)
    {
        ArrayBufferWriter<byte> output = new(64 + (configuration.Servers.Count * 96));
        var writer = new MsgPackWriter(output);
        writer.WriteMapHeader(1);
        writer.WriteKey("Servers"u8);
        writer.WriteArrayHeader(configuration.Servers.Count);
        foreach (RaftServer server in configuration.Servers)
        {
            writer.WriteMapHeader(3);
            writer.WriteKey("Address"u8);
            writer.WriteString(server.Address);
            writer.WriteKey("ID"u8);
            writer.WriteString(server.Id);
            writer.WriteKey("Suffrage"u8);
            writer.WriteInt64((int)server.Suffrage);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The legacy form: the addresses of those who vote.</summary>
    public static byte[] EncodePeers(ClusterConfiguration configuration)
    {
        ArrayBufferWriter<byte> output = new(64 + (configuration.Servers.Count * 32));
        var writer = new MsgPackWriter(output);
        writer.WriteArrayHeader(configuration.Servers.Count(static server => server.Suffrage == Suffrage.Voter));
        foreach (RaftServer server in configuration.Servers)
        {
            if (server.Suffrage == Suffrage.Voter) writer.WriteString(server.Address);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>False when the bytes are not a configuration.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out ClusterConfiguration configuration)
    {
        var reader = new MsgPackReader(encoded);
        List<RaftServer> servers = [];
        for (int fields = reader.ReadMapHeader(); fields > 0 && !reader.Failed; fields--)
        {
            if (!reader.ReadKey().SequenceEqual("Servers"u8))
            {
                reader.Skip();
                continue;
            }

            for (int left = reader.ReadArrayHeader(); left > 0 && !reader.Failed; left--) servers.Add(ReadServer(ref reader));
        }

        configuration = new ClusterConfiguration(servers);
        return !reader.Failed;
    }

    /// <summary>Decodes the legacy form, a list of addresses: identities equal addresses, all of them vote.</summary>
    public static bool TryDecodePeers(ReadOnlySpan<byte> encoded, out ClusterConfiguration configuration)
    {
        var reader = new MsgPackReader(encoded);
        List<RaftServer> servers = [];
        for (int left = reader.ReadArrayHeader(); left > 0 && !reader.Failed; left--)
        {
            string address = reader.ReadString();
            servers.Add(new RaftServer(Suffrage.Voter, address, address));
        }

        configuration = new ClusterConfiguration(servers);
        return !reader.Failed;
    }

    /// <summary>The configuration an entry brings; false when it is not a configuration entry or cannot be decoded.</summary>
    public static bool TryDecode(LogEntry entry, out ClusterConfiguration configuration)
    {
        switch (entry.Type)
        {
            case EntryType.Configuration:
                return TryDecode(entry.Data.Span, out configuration);
            case EntryType.AddPeer:
            case EntryType.RemovePeer:
                return TryDecodePeers(entry.Data.Span, out configuration);
            default:
                configuration = ClusterConfiguration.Empty;
                return false;
        }
    }

    private static RaftServer ReadServer(ref MsgPackReader reader)
    {
        string address = "";
        string id = "";
        int suffrage = 0;
        for (int fields = reader.ReadMapHeader(); fields > 0 && !reader.Failed; fields--)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("Suffrage"u8)) suffrage = reader.ReadInt32();
            else reader.Skip();
        }

        return new RaftServer((Suffrage)suffrage, id, address);
    }
}
