using System.Buffers;
using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.Tests.State;

/// <summary>A state machine fed with commands, each as an entry of its own with the next index.</summary>
internal sealed class StateTestBed : IDisposable
{
    public const string SessionId = "f25db593-8c45-05d3-a882-c594ea925430";

    private readonly TimerWheel _timers;

    public StateTestBed()
    {
        _timers = new TimerWheel(Time);
        Store = new StateStore(new WatchHub(_timers), Time);
    }

    public ManualTime Time { get; } = new();

    public StateStore Store { get; }

    public ClusterState State => Store.Current;

    /// <summary>Index of the last entry.</summary>
    public ulong Index { get; set; }

    public object? Apply(RegisterRequest request) => ApplyCommand(w => CommandCodec.Encode(request, w));

    public object? Apply(DeregisterRequest request) => ApplyCommand(w => CommandCodec.Encode(request, w));

    public object? Apply(KvsRequest request) => ApplyCommand(w => CommandCodec.Encode(request, w));

    public object? Apply(SessionRequest request) => ApplyCommand(w => CommandCodec.Encode(request, w));

    public object? Apply(AutopilotRequest request) => ApplyCommand(w => CommandCodec.Encode(request, w));

    public object? Apply(TombstoneRequest request) => ApplyCommand(w => CommandCodec.Encode(request, w));

    public TxnResponse Apply(params TxnOp[] ops) =>
        Assert.IsType<TxnResponse>(ApplyCommand(w => CommandCodec.Encode(new TxnRequest { Ops = ops }, w)));

    public object? Kv(string op, string key, string? value = null, ulong modifyIndex = 0, string session = "", ulong flags = 0) =>
        Apply(new KvsRequest { Op = op, DirEnt = Entry(key, value, modifyIndex, session, flags) });

    public object? Register(string node, string id = "", NodeService? service = null, params HealthCheck[] checks) =>
        Apply(new RegisterRequest { Node = node, Id = id, Address = "10.0.0.1", Service = service, Checks = checks });

    public object? CreateSession(string node, string behavior = "release", string id = SessionId, params string[] checks) =>
        Apply(new SessionRequest
        {
            Op = SessionRequest.Create,
            Session = new Session { Id = id, Node = node, Behavior = behavior, NodeChecks = checks, LockDelayNs = 15_000_000_000 },
        });

    public DirEntry? Get(string key) => State.KvGet(Encoding.UTF8.GetBytes(key), null);

    public object? ApplyRaw(byte[] data, byte[]? extensions = null, ulong term = 1)
    {
        var results = new object?[1];
        Store.Apply([new LogEntry(++Index, term, EntryType.Command, data, extensions)], results);
        return results[0];
    }

    /// <summary>Values of index rows, in the order asked.</summary>
    public ulong[] Rows(params string[] names) => [.. names.Select(State.IndexOf)];

    /// <summary>Sleeps on what a query added to <paramref name="watches"/>.</summary>
    public ValueTask<WakeReason> WaitAsync(WatchSet watches) =>
        Store.Watches.WaitAsync(watches, State.Version, TimeSpan.FromMinutes(1), CancellationToken.None);

    public byte[] Snapshot()
    {
        using var stream = new MemoryStream();
        Store.Capture().WriteTo(stream, CancellationToken.None);
        return stream.ToArray();
    }

    public void Dispose() => _timers.Dispose();

    public static DirEntry Entry(string key, string? value = null, ulong modifyIndex = 0, string session = "", ulong flags = 0) => new()
    {
        Key = Encoding.UTF8.GetBytes(key),
        Value = value is null ? null : Encoding.UTF8.GetBytes(value),
        ModifyIndex = modifyIndex,
        Session = session,
        Flags = flags,
    };

    public static NodeService Service(string id, string? name = null, params string[] tags) =>
        new() { Id = id, Service = name ?? id, Tags = tags, Port = 80, Weights = ServiceWeights.Default };

    public static HealthCheck Check(string node, string id, string status = CheckStatus.Passing, string serviceId = "") =>
        new() { Node = node, CheckId = id, Name = id, Status = status, ServiceId = serviceId };

    private object? ApplyCommand(Action<IBufferWriter<byte>> encode)
    {
        var output = new ArrayBufferWriter<byte>();
        encode(output);
        return ApplyRaw(output.WrittenSpan.ToArray());
    }
}

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
