using Consul.Fast.Consensus;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Daemon.Tests.Server;

/// <summary>Consensus of one: what is proposed is applied at once. Role and confirmation are set by the test.</summary>
internal sealed class FakeConsensus(StateStore store, ISnapshotStore snapshots) : IConsensus
{
    public const string LeaderAddress = "127.0.0.1:8300";
    public const string ServerId = "11111111-2222-3333-4444-555555555555";

    private readonly Lock _gate = new();
    private ulong _lastIndex;
    private RaftRole _role = RaftRole.Leader;
    private DateTimeOffset? _lastContact;
    private string _knownLeader = "";
    private volatile RaftStatus? _status;

    public event Action<bool>? LeadershipChanged;

    public RaftRole Role
    {
        get => _role;
        set
        {
            _role = value;
            _status = null;
            LeadershipChanged?.Invoke(value == RaftRole.Leader);
        }
    }

    /// <summary>The leader that a follower knows, as <c>ip:port</c>; empty for none.</summary>
    public string KnownLeader
    {
        get => _knownLeader;
        set
        {
            _knownLeader = value;
            _status = null;
        }
    }

    /// <summary>What a confirmation of leadership answers.</summary>
    public string? VerifyError { get; set; }

    /// <summary>When a follower heard its leader; null for never.</summary>
    public DateTimeOffset? LastContact
    {
        get => _lastContact;
        set
        {
            _lastContact = value;
            _status = null;
        }
    }

    /// <summary>Proposals that came through, to prove that refused calls do not reach the log.</summary>
    public int Proposals { get; private set; }

    /// <summary>Runs once, when the next proposal is made and before it is applied: what others did meanwhile.</summary>
    public Action? Meanwhile { get; set; }

    /// <summary>Made anew after a change only, as the real one: reading it is part of every call.</summary>
    public RaftStatus Status => _status ??= new(
        _role, 1, _role == RaftRole.Leader ? LeaderAddress : _knownLeader, _role == RaftRole.Leader ? ServerId : "",
        _lastIndex, _lastIndex, _lastIndex, 1, 0, 0, LastContact);

    public (ClusterConfiguration Configuration, ulong Index) Configuration =>
        (new ClusterConfiguration([new RaftServer(Suffrage.Voter, ServerId, LeaderAddress)]), 1);

    public ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation = default)
    {
        if (_role != RaftRole.Leader) return new(new ProposalResult(0, null, RaftErrors.NotLeader));
        if (Meanwhile is { } others)
        {
            Meanwhile = null;
            others();
        }

        lock (_gate)
        {
            Proposals++;
            var results = new object?[1];
            store.Apply([new LogEntry(++_lastIndex, 1, EntryType.Command, command)], results);
            _status = null;
            return new(new ProposalResult(_lastIndex, results[0], null));
        }
    }

    public ValueTask<ProposalResult> BarrierAsync(CancellationToken cancellation = default) =>
        new(new ProposalResult(_lastIndex, null, null));

    public ValueTask<string?> VerifyLeaderAsync(CancellationToken cancellation = default) =>
        new(_role == RaftRole.Leader ? VerifyError : RaftErrors.NotLeader);

    public ValueTask<string?> TransferLeadershipAsync(string? serverId = null, CancellationToken cancellation = default)
    {
        if (_role != RaftRole.Leader) return new(RaftErrors.NotLeader);
        Role = RaftRole.Follower;
        return default;
    }

    public ValueTask<ProposalResult> ChangeConfigurationAsync(ConfigurationChange change, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public async ValueTask<(SnapshotMeta? Snapshot, string? Error)> SnapshotAsync(CancellationToken cancellation = default)
    {
        if (_lastIndex == 0) return (null, RaftErrors.NothingNew);
        await using ISnapshotSink sink = snapshots.Create(_lastIndex, 1, Configuration.Configuration, 1);
        store.Capture().WriteTo(sink.Stream, cancellation);
        return (await sink.CommitAsync(), null);
    }

    public ValueTask<string?> RestoreAsync(SnapshotMeta meta, Stream state, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            store.Restore(state);
            _lastIndex = Math.Max(_lastIndex, meta.Index) + 1;
            _status = null;
            return default;
        }
    }
}
