using System.Buffers;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;

namespace Consul.Fast.Storage.State;

/// <summary>Writes the state stream: a header, then one typed record after another, without count or trailer.</summary>
internal sealed class SnapshotWriter(Stream output, CancellationToken cancellation)
{
    /// <summary>Records are gathered up to this size before the stream sees them.</summary>
    private const int FlushSize = 64 * 1024;

    private static readonly CommandType[] BeforeKeys =
    [
        CommandType.AclTokenSet, CommandType.AclPolicySet, CommandType.AclRoleSet, CommandType.AclBindingRuleSet,
        CommandType.AclAuthMethodSet, CommandType.AclLegacy,
    ];

    private static readonly CommandType[] AfterKeys = [CommandType.PreparedQuery];

    private static readonly CommandType[] AfterIntentions =
        [CommandType.ConnectCa, CommandType.ConnectCaProviderState, CommandType.ConnectCaConfig, CommandType.ConfigEntry];

    private readonly ArrayBufferWriter<byte> _buffer = new(FlushSize + 4096);

    public void Write(StateTables tables, ForeignRecords foreign, IReadOnlyList<KeyValuePair<ulong, ChunkedOperation>> chunks)
    {
        WriteHeader(tables);
        foreach (ByteMapEntry<Node> node in tables.Nodes.All()) WriteNode(tables, node.Value);
        foreach (ByteMapEntry<Coordinate> coordinate in tables.Coordinates.All())
            Record(CommandType.CoordinateBatch, coordinate.Value, WriteCoordinate);
        foreach (ByteMapEntry<Session> session in tables.Sessions.All()) Record(CommandType.Session, session.Value, SessionCodec.Write);
        WriteForeign(foreign, BeforeKeys);
        foreach (ByteMapEntry<DirEntry> entry in tables.Kv.All()) Record(CommandType.Kvs, entry.Value, DirEntryCodec.Write);
        foreach (ByteMapEntry<ulong> tombstone in tables.Tombstones.All())
            Record(CommandType.Tombstone, new DirEntry { Key = tombstone.Key, ModifyIndex = tombstone.Value }, DirEntryCodec.Write);
        WriteForeign(foreign, AfterKeys);
        if (tables.Autopilot is { } autopilot) Record(CommandType.Autopilot, autopilot, AutopilotConfigurationCodec.Write);
        foreach (ByteMapEntry<byte[]> intention in tables.LegacyIntentions.All())
            Record(CommandType.Intention, intention.Value, static (w, bytes) => w.WriteRaw(bytes));
        WriteForeign(foreign, AfterIntentions);
        foreach (ByteMapEntry<FederationState> federation in tables.FederationStates.All())
            Record(CommandType.FederationState, federation.Value, WriteFederationState);
        foreach (ByteMapEntry<SystemMetadataEntry> fact in tables.SystemMetadata.All())
            Record(CommandType.SystemMetadata, fact.Value, SystemMetadataEntryCodec.Write);
        foreach (ByteMapEntry<IndexRow> row in tables.Index.All()) Record(CommandType.Index, row.Value, WriteIndexRow);
        Record(CommandType.ChunkingState, chunks, ChunkCodec.Write);
        Flush();
    }

    private void WriteHeader(StateTables tables)
    {
        ulong lastIndex = 0;
        foreach (ByteMapEntry<IndexRow> row in tables.Index.All())
        {
            if (IsTableRow(row.Value.Name)) lastIndex = Math.Max(lastIndex, row.Value.Value);
        }

        var writer = new MsgPackWriter(_buffer);
        writer.WriteMapHeader(1);
        writer.WriteKey("LastIndex"u8);
        writer.WriteUInt64(lastIndex);
    }

    private static bool IsTableRow(string name) =>
        name is not (IndexNames.LastExtinction or IndexNames.TokenBootstrap or IndexNames.CaSerial)
        && !name.StartsWith(IndexNames.ServicePrefix, StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith(IndexNames.KindPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The node alone, then one registration for each of its services and checks.</summary>
    private void WriteNode(StateTables tables, Node node)
    {
        var alone = new RegisterRequest
        {
            Datacenter = node.Datacenter,
            Id = node.Id,
            Node = node.Name,
            Address = node.Address,
            TaggedAddresses = node.TaggedAddresses,
            NodeMeta = node.Meta,
            CreateIndex = node.CreateIndex,
            ModifyIndex = node.ModifyIndex,
        };
        Record(CommandType.Register, alone, RegisterCodec.Write);
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node.Name);
        foreach (ByteMapEntry<NodeService> service in tables.Services.WithPrefix(scope.Span))
            Record(CommandType.Register, alone with { Service = service.Value }, RegisterCodec.Write);
        foreach (ByteMapEntry<HealthCheck> check in tables.Checks.WithPrefix(scope.Span))
            Record(CommandType.Register, alone with { Check = check.Value }, RegisterCodec.Write);
    }

    private void WriteForeign(ForeignRecords foreign, CommandType[] types)
    {
        foreach (CommandType type in types)
        {
            foreach (byte[] encoded in foreign.Of(type)) Record(type, encoded, static (w, bytes) => w.WriteRaw(bytes));
        }
    }

    /// <summary>A batch of one.</summary>
    private static void WriteCoordinate(MsgPackWriter writer, Coordinate coordinate)
    {
        writer.WriteArrayHeader(1);
        CoordinateCodec.Write(writer, coordinate);
    }

    /// <summary>In the form of the command that made it.</summary>
    private static void WriteFederationState(MsgPackWriter writer, FederationState state) =>
        SystemRequestCodec.Write(writer, new FederationStateRequest { Op = FederationStateRequest.Upsert, State = state });

    private static void WriteIndexRow(MsgPackWriter writer, IndexRow row)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey("Key"u8);
        writer.WriteString(row.Name);
        writer.WriteKey("Value"u8);
        writer.WriteUInt64(row.Value);
    }

    private void Record<T>(CommandType type, T record, MsgPackCollections.ItemWriter<T> write)
    {
        _buffer.GetSpan(1)[0] = (byte)type;
        _buffer.Advance(1);
        write(new MsgPackWriter(_buffer), record);
        if (_buffer.WrittenCount >= FlushSize) Flush();
    }

    private void Flush()
    {
        cancellation.ThrowIfCancellationRequested();
        output.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
