using System.Buffers;
using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Perf.Micro;

/// <summary>Commands and states to measure with.</summary>
internal static class Samples
{
    public const string Service = "web";
    private const int Instances = 100;
    private const int ApplyBatch = 256;

    public static KvsRequest Set(string key, int valueBytes, ulong flags = 0) => new()
    {
        Datacenter = "dc1",
        Op = KvsOp.Set,
        DirEnt = new DirEntry { Key = Encoding.UTF8.GetBytes(key), Value = new byte[valueBytes], Flags = flags },
    };

    public static byte[] Encode(KvsRequest request)
    {
        var output = new ArrayBufferWriter<byte>();
        CommandCodec.Encode(request, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A write that changes the entry, because its flags are new.</summary>
    public static LogEntry Entry(ulong index, byte[] key, int flags) =>
        new(index, 1, EntryType.Command, Encode(Set(Encoding.UTF8.GetString(key), 64, (ulong)flags)));

    /// <summary>Writes the keys, and a service with a hundred instances; gives the last index.</summary>
    public static ulong Fill(StateStore store, byte[][] keys)
    {
        ulong index = 0;
        var entries = new List<LogEntry>();
        foreach (byte[] key in keys) Add(Entry(++index, key, 0));
        for (int i = 0; i < Instances; i++) Add(new LogEntry(++index, 1, EntryType.Command, Instance(i)));
        Flush();
        return index;

        void Add(LogEntry entry)
        {
            entries.Add(entry);
            if (entries.Count == ApplyBatch) Flush();
        }

        void Flush()
        {
            store.Apply(entries.ToArray(), new object?[entries.Count]);
            entries.Clear();
        }
    }

    private static byte[] Instance(int number)
    {
        var output = new ArrayBufferWriter<byte>();
        var request = new RegisterRequest
        {
            Datacenter = "dc1",
            Node = $"node-{number}",
            Address = $"10.0.0.{number}",
            Service = new NodeService { Id = Service, Service = Service, Port = 8080, Tags = ["v1", "primary"] },
            Checks = [new HealthCheck { Node = $"node-{number}", CheckId = "web-alive", Name = "alive", Status = "passing", ServiceId = Service }],
        };
        CommandCodec.Encode(request, output);
        return output.WrittenSpan.ToArray();
    }
}
