using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;

namespace Consul.Fast.Storage.State;

/// <summary>Builds a new state from a state stream, record by record.</summary>
internal sealed class SnapshotReader
{
    private readonly StateEdit _edit = new(StateTables.Empty);
    private readonly Dictionary<CommandType, List<byte[]>> _foreign = [];
    private List<KeyValuePair<ulong, ChunkedOperation>> _chunks = [];
    private ulong _lastIndex;

    private SnapshotReader()
    {
    }

    /// <exception cref="InvalidDataException">The stream is damaged or of a newer kind; the message says where.</exception>
    public static RestoredState Read(Stream state)
    {
        var reader = new SnapshotReader();
        var records = new RecordStream(state);
        reader.ReadHeader(records.ReadObject());
        while (true)
        {
            long position = records.Position;
            if (!records.TryReadByte(out byte type)) break;
            if (reader.ReadRecord((CommandType)type, records.ReadObject()) is { } fault)
                throw new InvalidDataException($"{fault} (record at byte {position} of the state stream)");
        }

        return new RestoredState(reader._edit.Freeze(), new ForeignRecords(reader._foreign), reader._chunks);
    }

    private void ReadHeader(ReadOnlySpan<byte> encoded)
    {
        var reader = new MsgPackReader(encoded);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            if (reader.ReadKey().SequenceEqual("LastIndex"u8)) _lastIndex = reader.ReadUInt64();
            else reader.Skip();
        }

        if (reader.Failed) throw new InvalidDataException("the header of the state stream is malformed");
    }

    /// <returns>Null, or what is wrong.</returns>
    private string? ReadRecord(CommandType type, ReadOnlySpan<byte> encoded)
    {
        var reader = new MsgPackReader(encoded);
        string? fault = null;
        switch (type)
        {
            case CommandType.Register:
                RegisterRequest request = RegisterCodec.Read(ref reader);
                fault = reader.Failed ? null : CatalogCommands.Register(_edit, _lastIndex, request, keepIndexes: true);
                break;
            case CommandType.CoordinateBatch:
                ReadCoordinates(ref reader);
                break;
            case CommandType.Session:
                Session session = SessionCodec.Read(ref reader);
                if (!reader.Failed) SessionWriter.Restore(_edit, session);
                break;
            case CommandType.Kvs:
                DirEntry entry = DirEntryCodec.Read(ref reader);
                if (!reader.Failed) KvWriter.Restore(_edit, entry);
                break;
            case CommandType.Tombstone:
                ReadTombstone(ref reader);
                break;
            case CommandType.Intention:
                if (!IntentionCommands.Restore(_edit, encoded)) return "a record of type 12 has no id";
                break;
            case CommandType.FederationState:
                FederationState? federation = SystemRequestCodec.ReadFederationState(ref reader).State;
                if (federation is not null && !reader.Failed) FederationCommands.Restore(_edit, federation);
                break;
            case CommandType.SystemMetadata:
                SystemMetadataEntry fact = SystemMetadataEntryCodec.Read(ref reader);
                if (!reader.Failed) SystemMetadataCommands.Restore(_edit, fact);
                break;
            case CommandType.Index:
                ReadIndexRow(ref reader);
                break;
            case CommandType.AclBootstrap:
                ReadBootstrap(ref reader);
                break;
            case CommandType.Autopilot:
                _edit.Autopilot = AutopilotConfigurationCodec.Read(ref reader);
                break;
            case CommandType.ChunkingState:
                _chunks = ChunkCodec.Read(ref reader);
                break;
            default:
                if (!ForeignRecords.IsKept(type)) return $"Unrecognized msg type {(int)type}";
                Keep(type, encoded);
                return null;
        }

        // Rows are not watched while they are restored.
        _edit.NextBatch();
        return reader.Failed ? $"a record of type {(int)type} cannot be decoded" : fault;
    }

    private void ReadCoordinates(ref MsgPackReader reader)
    {
        Coordinate[]? batch = MsgPackCollections.ReadList(ref reader, CoordinateCodec.Read);
        foreach (Coordinate coordinate in batch ?? [])
        {
            // Old servers let anything pass.
            if (coordinate.Point.IsValid) CoordinateCommands.Store(_edit, coordinate);
        }

        if (!reader.Failed) _edit.RaiseIndex(IndexNames.Coordinates, _lastIndex);
    }

    private void ReadTombstone(ref MsgPackReader reader)
    {
        DirEntryView tombstone = DirEntryCodec.ReadView(ref reader);
        if (reader.Failed) return;
        _edit.Tombstones.Set(tombstone.Key.ToArray(), tombstone.ModifyIndex);
        _edit.RaiseIndex(IndexNames.Tombstones, tombstone.ModifyIndex);
    }

    private void ReadIndexRow(ref MsgPackReader reader)
    {
        string name = "";
        ulong value = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Key"u8)) name = reader.ReadString();
            else if (key.SequenceEqual("Value"u8)) value = reader.ReadUInt64();
            else reader.Skip();
        }

        if (!reader.Failed) _edit.SetIndex(name, value);
    }

    /// <summary>Older servers wrote the bootstrap of access control as a record of its own.</summary>
    private void ReadBootstrap(ref MsgPackReader reader)
    {
        ulong modifyIndex = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            if (reader.ReadKey().SequenceEqual("ModifyIndex"u8)) modifyIndex = reader.ReadUInt64();
            else reader.Skip();
        }

        if (!reader.Failed) _edit.SetIndex(IndexNames.TokenBootstrap, modifyIndex);
    }

    private void Keep(CommandType type, ReadOnlySpan<byte> encoded)
    {
        if (!_foreign.TryGetValue(type, out List<byte[]>? list)) _foreign.Add(type, list = []);
        list.Add(encoded.ToArray());
    }
}

/// <summary>What a state stream contained.</summary>
internal sealed record RestoredState(
    StateTables Tables, ForeignRecords Foreign, IReadOnlyList<KeyValuePair<ulong, ChunkedOperation>> Chunks);
