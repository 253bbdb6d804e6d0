using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Consul.Fast.Consensus;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>The content of a <c>meta.json</c>: its members in their order.</summary>
internal sealed class SnapshotMetaJson
{
    private const int NewestVersion = 1;

    public int Version { get; set; }

    [JsonPropertyName("ID")]
    public string Id { get; set; } = "";

    public ulong Index { get; set; }

    public ulong Term { get; set; }

    /// <summary>The voters' addresses as a msgpack list: all that the oldest readers know of the configuration.</summary>
    public byte[]? Peers { get; set; }

    public ConfigurationJson? Configuration { get; set; }

    public ulong ConfigurationIndex { get; set; }

    public long Size { get; set; }

    /// <summary>The object as one line.</summary>
    public static byte[] Encode(SnapshotMeta meta)
    {
        var json = new SnapshotMetaJson
        {
            Version = NewestVersion,
            Id = meta.Id,
            Index = meta.Index,
            Term = meta.Term,
            Peers = EncodePeers(meta.Configuration),
            Configuration = ConfigurationJson.From(meta.Configuration),
            ConfigurationIndex = meta.ConfigurationIndex,
            Size = meta.Size,
        };
        return [.. JsonSerializer.SerializeToUtf8Bytes(json, SnapshotMetaContext.Plain.SnapshotMetaJson), (byte)'\n'];
    }

    /// <exception cref="InvalidDataException">It is not the description of a snapshot that this version can read.</exception>
    public static SnapshotMeta Decode(ReadOnlySpan<byte> text)
    {
        SnapshotMetaJson? json;
        try
        {
            json = JsonSerializer.Deserialize(text, SnapshotMetaContext.Plain.SnapshotMetaJson);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(SnapshotMetaFault.Describe(text, error), error);
        }
        if (json is null) throw new InvalidDataException("the object is missing");
        if (json.Version is < 0 or > NewestVersion) throw new InvalidDataException($"unsupported snapshot version {json.Version}");
        if (json.Configuration?.Servers is { } servers && servers.Any(s => s is null))
            throw new InvalidDataException("a server is missing");
        if (json.Size < 0) throw new InvalidDataException($"negative size {json.Size}");
        var (configuration, index) = json.Version == 0
            ? (DecodePeers(json.Peers), json.Index)
            : (json.Configuration?.ToConfiguration() ?? ClusterConfiguration.Empty, json.ConfigurationIndex);
        return new SnapshotMeta(json.Id, json.Index, json.Term, configuration, index, json.Size);
    }

    private static byte[] EncodePeers(ClusterConfiguration configuration)
    {
        var voters = configuration.Servers.Where(s => s.Suffrage == Suffrage.Voter).ToArray();
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MsgPackWriter(buffer);
        writer.WriteArrayHeader(voters.Length);
        foreach (var voter in voters) writer.WriteString(voter.Address);
        return buffer.WrittenSpan.ToArray();
    }

    private static ClusterConfiguration DecodePeers(byte[]? peers)
    {
        var reader = new MsgPackReader(peers);
        var count = reader.ReadArrayHeader();
        var servers = new List<RaftServer>();
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var address = Encoding.UTF8.GetString(reader.ReadBytes() ?? []);
            servers.Add(new RaftServer(Suffrage.Voter, address, address));
        }
        if (reader.Failed) throw new InvalidDataException("the list of peers is damaged");
        return new ClusterConfiguration(servers);
    }

    internal sealed class ConfigurationJson
    {
        public List<ServerJson>? Servers { get; set; }

        public static ConfigurationJson From(ClusterConfiguration configuration) => new()
        {
            Servers = [.. configuration.Servers.Select(s => new ServerJson { Suffrage = (int)s.Suffrage, Id = s.Id, Address = s.Address })],
        };

        public ClusterConfiguration ToConfiguration() =>
            new([.. (Servers ?? []).Select(s => new RaftServer((Suffrage)s.Suffrage, s.Id, s.Address))]);
    }

    internal sealed class ServerJson
    {
        public int Suffrage { get; set; }

        [JsonPropertyName("ID")]
        public string Id { get; set; } = "";

        public string Address { get; set; } = "";
    }
}

[JsonSerializable(typeof(SnapshotMetaJson))]
internal sealed partial class SnapshotMetaContext : JsonSerializerContext
{
    /// <summary>Writes base64 and addresses as they are.</summary>
    public static readonly SnapshotMetaContext Plain = new(
        new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
