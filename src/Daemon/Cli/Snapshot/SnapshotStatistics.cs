using Consul.Fast.Consensus;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Daemon.Cli.Snapshot;

/// <summary>
/// Counts the records of a state stream: a header, then for each record its type byte and one msgpack object. The bytes of
/// the header are counted with the first record, as Consul does.
/// </summary>
internal sealed class SnapshotStatistics(SnapshotMeta meta, KvBreakdown? kv)
{
    private const int FirstBuffer = 64 * 1024;

    private readonly Dictionary<CommandType, UsageCounter> _types = [];
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;
    private long _counted;
    private long _taken;

    public SnapshotMeta Meta => meta;

    public KvBreakdown? Kv => kv;

    public long TotalBytes => _counted;

    public UsageCounter[] Types() => UsageCounter.Sorted(_types.Values);

    /// <summary>Reads the stream to its end; memory stays near the size of the largest record.</summary>
    /// <exception cref="InvalidDataException">The stream ends within a record.</exception>
    public async Task ReadAsync(Stream state, CancellationToken cancellation)
    {
        if (!await FillAsync(state, cancellation)) throw new InvalidDataException("the snapshot is empty");
        Take(await RecordAsync(0, state, cancellation));
        while (_start < _end || await FillAsync(state, cancellation))
        {
            int length = await RecordAsync(1, state, cancellation);
            Count(_buffer.AsSpan(_start, length));
            Take(length);
        }
    }

    /// <summary>Bytes of the next object behind so many others; reads on until it is complete.</summary>
    private async ValueTask<int> RecordAsync(int prefix, Stream state, CancellationToken cancellation)
    {
        while (true)
        {
            if (_end - _start > prefix)
            {
                var reader = new MsgPackReader(_buffer.AsSpan(_start + prefix, _end - _start - prefix));
                reader.Skip();
                if (!reader.Failed) return prefix + reader.Consumed;
            }

            if (!await FillAsync(state, cancellation)) throw new InvalidDataException($"the snapshot is cut or damaged at byte {_taken}");
        }
    }

    private void Count(ReadOnlySpan<byte> record)
    {
        var type = (CommandType)record[0];
        long bytes = _taken + record.Length - _counted;
        if (!_types.TryGetValue(type, out UsageCounter? counter))
        {
            counter = new UsageCounter(NameOf(type));
            _types.Add(type, counter);
        }

        counter.Add(bytes);
        _counted += bytes;
        if (kv is not null && type == CommandType.Kvs) kv.Add(KeyOf(record[1..]), bytes);
    }

    private void Take(int length)
    {
        _start += length;
        _taken += length;
    }

    /// <summary>Reads more behind what is there; false at the end of the stream.</summary>
    private async ValueTask<bool> FillAsync(Stream state, CancellationToken cancellation)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = await state.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        return read > 0;
    }

    private static string KeyOf(ReadOnlySpan<byte> entry)
    {
        var reader = new MsgPackReader(entry);
        for (int pairs = reader.ReadMapHeader(); pairs > 0 && !reader.Failed; pairs--)
        {
            if (reader.ReadKey().SequenceEqual("Key"u8)) return reader.ReadString();
            reader.Skip();
        }

        return "";
    }

    /// <summary>The names under which Consul lists the types.</summary>
    private static string NameOf(CommandType type) => type switch
    {
        CommandType.Kvs => "KVS",
        CommandType.AclLegacy => "ACL",
        CommandType.CoordinateBatch => "CoordinateBatchUpdate",
        CommandType.AclBootstrap => "ACLBootstrap",
        CommandType.ConnectCa => "ConnectCA",
        CommandType.ConnectCaProviderState => "ConnectCAProviderState",
        CommandType.ConnectCaConfig => "ConnectCAConfig",
        CommandType.ConnectCaLeaf => "ConnectCALeaf",
        CommandType.AclTokenSet => "ACLToken",
        CommandType.AclTokenDelete => "ACLTokenDelete",
        CommandType.AclPolicySet => "ACLPolicy",
        CommandType.AclPolicyDelete => "ACLPolicyDelete",
        CommandType.AclRoleSet => "ACLRole",
        CommandType.AclRoleDelete => "ACLRoleDelete",
        CommandType.AclBindingRuleSet => "ACLBindingRule",
        CommandType.AclBindingRuleDelete => "ACLBindingRuleDelete",
        CommandType.AclAuthMethodSet => "ACLAuthMethod",
        CommandType.AclAuthMethodDelete => "ACLAuthMethodDelete",
        _ => type.ToString(),
    };
}
