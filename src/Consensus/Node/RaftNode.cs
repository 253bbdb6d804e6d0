using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>
/// A Raft server: the pure core driven by one loop, a thread that writes the log, and a loop that feeds the state machine.
/// </summary>
/// <remarks>
/// Continuations of proposals run on pool threads, several in a row on each: a caller must never block on another proposal.
/// The node does not dispose the stores it is given.
/// </remarks>
public sealed class RaftNode : IConsensus, IAsyncDisposable
{
    private readonly RaftOptions _options;
    private readonly ILogStore _log;
    private readonly ISnapshotStore _snapshots;
    private readonly IStateMachine _machine;
    private readonly TimerWheel _timers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IRaftTransport _transport;
    private readonly DateTimeOffset _epoch;
    private readonly long _started;
    private readonly StatusBoard _board;
    private readonly ProposalPool _pool;
    private readonly LeadershipNotifier _notifier;
    private readonly RaftMetrics _metrics;
    private readonly ApplyLoop _apply;
    private readonly StateTurn _turn = new();
    private LogWriter? _writer;
    private RaftLoop? _loop;
    private SnapshotInstaller? _installer;
    private Snapshotter? _snapshotter;
    private UserRestore? _restore;
    private bool _disposed;

    /// <summary>A node that reaches no other server. It does nothing before <see cref="StartAsync"/>.</summary>
    public RaftNode(
        RaftOptions options,
        ILogStore log,
        ISnapshotStore snapshots,
        IStateMachine machine,
        TimerWheel timers,
        TimeProvider time,
        ILogger logger)
        : this(options, log, snapshots, machine, timers, time, logger, new NoPeerTransport())
    {
    }

    /// <summary>A node of a cluster. The transport is not disposed with it.</summary>
    public RaftNode(
        RaftOptions options,
        ILogStore log,
        ISnapshotStore snapshots,
        IStateMachine machine,
        TimerWheel timers,
        TimeProvider time,
        ILogger logger,
        RaftTransport transport)
        : this(options, log, snapshots, machine, timers, time, logger, (IRaftTransport)transport)
    {
    }

    internal RaftNode(
        RaftOptions options,
        ILogStore log,
        ISnapshotStore snapshots,
        IStateMachine machine,
        TimerWheel timers,
        TimeProvider time,
        ILogger logger,
        IRaftTransport transport)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _log = log;
        _snapshots = snapshots;
        _machine = machine;
        _timers = timers;
        _time = time;
        _logger = logger;
        _transport = transport;
        _epoch = time.GetUtcNow();
        _started = time.GetTimestamp();
        _board = new StatusBoard(_epoch);
        _pool = new ProposalPool(new ProposalGate(options.MaxPendingProposals, options.MaxPendingBytes, options.EnqueueTimeout, time));
        _notifier = new LeadershipNotifier(logger, leads => LeadershipChanged?.Invoke(leads));
        _metrics = new RaftMetrics(options.Metrics);
        _apply = new ApplyLoop(machine, log, _board, _metrics, logger, _ => _loop?.Post(new StopItem(atOnce: true)));
    }

    /// <inheritdoc/>
    public event Action<bool>? LeadershipChanged;

    /// <inheritdoc/>
    public RaftStatus Status => _board.Status;

    /// <inheritdoc/>
    public (ClusterConfiguration Configuration, ulong Index) Configuration =>
        (_board.Configuration.Configuration, _board.Configuration.Index);

    /// <summary>When snapshots are taken; can be replaced while running.</summary>
    public SnapshotPolicy SnapshotPolicy
    {
        get => _snapshotter?.Policy ?? _options.Snapshots;
        set
        {
            if (_snapshotter is not null) _snapshotter.Policy = value;
        }
    }

    /// <summary>
    /// Recovers the state from the stores and begins to take part. A server that is the only voter leads a moment later.
    /// </summary>
    /// <param name="bootstrap">The first configuration, for a server without any state; ignored by others.</param>
    /// <exception cref="InvalidDataException">What is on the disk is damaged; the message tells what.</exception>
    /// <exception cref="IOException">The first configuration could not be written.</exception>
    public async Task StartAsync(ClusterConfiguration? bootstrap = null)
    {
        RecoveredState state = await Task.Run(RecoverAsync).ConfigureAwait(false);
        _apply.SetPosition(state.SnapshotIndex, state.SnapshotTerm, state.SnapshotConfiguration);
        RaftOutput output = new();
        CoreSettings settings = new(
            _options.ServerId, _options.ServerAddress, _options.Timings, _options.MaxAppendEntries, _options.Seed, _epoch.UtcDateTime);
        RaftCore core = new(settings, state, output);
        _writer = new LogWriter(_log, _metrics, _logger, settled => _loop!.PostInline(settled));
        _installer = new SnapshotInstaller(_apply, _snapshots, _turn, _metrics, _logger, installed => _loop!.Post(installed));
        RaftLoopParts parts = new(_writer, _apply, _installer, _transport, _notifier, _board, _time, _metrics, _logger);
        _loop = new RaftLoop(parts, core, output, () => _time.GetElapsedTime(_started), _options.ServerAddress);
        _snapshotter = new Snapshotter(_options, _apply, _loop, _snapshots, _turn, _board, _timers, _metrics, _logger);
        _loop.WantSnapshot = _snapshotter.Want;
        _restore = new UserRestore(_loop, _apply, _snapshots, _turn, _logger);
        _writer.Start();
        _transport.Start(_loop);
        _loop.Post(new StartItem());
        _snapshotter.Start();
        if (bootstrap is null || state.LastIndex != 0 || state.HardState.Term != 0) return;
        if (await BootstrapAsync(bootstrap).ConfigureAwait(false) is { } error) throw new IOException(error);
    }

    /// <summary>Gives a new cluster its first servers; each of them may be told the same.</summary>
    /// <returns>Null when done, otherwise the error text.</returns>
    public async ValueTask<string?> BootstrapAsync(ClusterConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (ConfigurationRules.Validate(configuration) is { } fault) return fault;
        if (!configuration.IsVoter(_options.ServerId)) return RaftErrors.NotVoter;
        BootstrapItem item = new(configuration);
        return await CallAsync(item, item.Task).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation = default)
    {
        _metrics.Apply.Record(1);
        Chunk[]? chunks = Chunking.IsNeeded(command.Span) ? Chunking.Split(command, (ulong)Random.Shared.NextInt64()) : null;
        return EnqueueAsync(EntryType.Command, command, chunks, null, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<ProposalResult> BarrierAsync(CancellationToken cancellation = default)
    {
        _metrics.Barrier.Record(1);
        return EnqueueAsync(EntryType.Barrier, default, null, null, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<ProposalResult> ChangeConfigurationAsync(ConfigurationChange change, CancellationToken cancellation = default) =>
        EnqueueAsync(EntryType.Configuration, default, null, change, cancellation);

    /// <inheritdoc/>
    public ValueTask<string?> VerifyLeaderAsync(CancellationToken cancellation = default)
    {
        _metrics.VerifyLeader.Record(1);
        if (_board.LeadsAlone) return default;
        VerifyItem item = new();
        return CallAsync(item, item.Task.WaitAsync(cancellation));
    }

    /// <inheritdoc/>
    public ValueTask<string?> TransferLeadershipAsync(string? serverId = null, CancellationToken cancellation = default)
    {
        TransferItem item = new(serverId);
        return CallAsync(item, item.Task.WaitAsync(cancellation));
    }

    /// <inheritdoc/>
    public ValueTask<(SnapshotMeta? Snapshot, string? Error)> SnapshotAsync(CancellationToken cancellation = default)
    {
        if (_disposed) return new((null, RaftErrors.Shutdown));
        return _snapshotter?.TakeAsync(cancellation) ?? new((null, RaftErrors.NothingNew));
    }

    /// <inheritdoc/>
    public ValueTask<string?> RestoreAsync(SnapshotMeta meta, Stream state, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(meta);
        if (_disposed) return new(RaftErrors.Shutdown);
        return _restore is { } restore ? RestoreAsync(restore, meta, state, cancellation) : new(RaftErrors.NotLeader);
    }

    /// <summary>Waits for what is under way, makes it durable, and stops; later calls get <see cref="RaftErrors.Shutdown"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (_loop is null) return;
        await _installer!.DisposeAsync().ConfigureAwait(false);
        await _snapshotter!.DisposeAsync().ConfigureAwait(false);
        await StopLoopAsync(_loop).ConfigureAwait(false);
        await Task.Run(_writer!.Stop).ConfigureAwait(false);
        await _apply.RunAsync(static _ => true).ConfigureAwait(false);
        await _notifier.FlushAsync().ConfigureAwait(false);
        _turn.Dispose();
        _loop.Dispose();
    }

    /// <summary>A restore counts when an entry after it is committed: then a quorum has taken the snapshot over.</summary>
    private async ValueTask<string?> RestoreAsync(
        UserRestore restore, SnapshotMeta meta, Stream state, CancellationToken cancellation)
    {
        if (await restore.RunAsync(meta, state, cancellation).ConfigureAwait(false) is { } error) return error;
        // Not cancelled with the caller: the entry belongs to the restore.
        Task<ProposalResult> entry = EnqueueAsync(EntryType.Noop, default, null, null, CancellationToken.None).AsTask();
        return (await entry.WaitAsync(cancellation).ConfigureAwait(false)).Error;
    }

    private async Task StopLoopAsync(RaftLoop loop)
    {
        StopItem orderly = new(atOnce: false);
        loop.Post(orderly);
        try
        {
            await orderly.Task.WaitAsync(_options.StopTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            StopItem atOnce = new(atOnce: true);
            loop.Post(atOnce);
            await atOnce.Task.ConfigureAwait(false);
        }
    }

    private async Task<RecoveredState> RecoverAsync()
    {
        RecoveredState state = new Recovery(_log, _snapshots, _machine, _logger).Run();
        if (_options.PeersDirectory is not { } directory || PeersRecovery.Read(directory) is not { } peers) return state;
        state = await PeersRecovery.RunAsync(state, peers, _log, _snapshots, _machine, _logger).ConfigureAwait(false);
        PeersRecovery.Finish(directory);
        return state;
    }

    private ValueTask<ProposalResult> EnqueueAsync(
        EntryType type, ReadOnlyMemory<byte> data, Chunk[]? chunks, ConfigurationChange? change, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<ProposalResult>(cancellation);
        if (_loop is not { } loop) return new(new ProposalResult(0, null, RaftErrors.NotLeader));
        if (!_pool.Gate.TryEnter(data.Length)) return EnqueueLaterAsync(loop, type, data, chunks, change, cancellation);
        return Enqueue(loop, type, data, chunks, change, cancellation);
    }

    private async ValueTask<ProposalResult> EnqueueLaterAsync(
        RaftLoop loop, EntryType type, ReadOnlyMemory<byte> data, Chunk[]? chunks, ConfigurationChange? change,
            CancellationToken cancellation)
    {
        bool entered = await _pool.Gate.EnterAsync(data.Length, cancellation).ConfigureAwait(false);
        if (!entered) return new ProposalResult(0, null, RaftErrors.EnqueueTimeout);
        return await Enqueue(loop, type, data, chunks, change, cancellation).ConfigureAwait(false);
    }

    private ValueTask<ProposalResult> Enqueue(
        RaftLoop loop, EntryType type, ReadOnlyMemory<byte> data, Chunk[]? chunks, ConfigurationChange? change,
            CancellationToken cancellation)
    {
        Proposal proposal = _pool.Rent();
        ValueTask<ProposalResult> result = proposal.Start(type, data, chunks, change, cancellation);
        loop.PostInline(proposal);
        return result;
    }

    private ValueTask<string?> CallAsync(LoopItem item, Task<string?> result)
    {
        if (_loop is not { } loop) return new(RaftErrors.NotLeader);
        loop.PostInline(item);
        return new(result);
    }
}
