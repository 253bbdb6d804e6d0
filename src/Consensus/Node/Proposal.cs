using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Consul.Fast.Consensus.Node;

/// <summary>
/// A proposal from its call to its answer; pooled. It is in one place at a time: the Raft loop's queue, the wait for its
/// commit, the apply loop, a chain of finished ones.
/// </summary>
/// <remarks>It returns to the pool when both the node has finished with it and the caller has taken the result.</remarks>
internal sealed class Proposal(ProposalPool pool) : LoopItem, IValueTaskSource<ProposalResult>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<ProposalResult> _source;
    private CancellationTokenRegistration _cancellation;
    private ProposalResult _result;
    private int _owners;
    private int _settled;

    public EntryType Type { get; private set; }

    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>The pieces of a command that is too large for one entry, else null.</summary>
    public Chunk[]? Chunks { get; private set; }

    /// <summary>A membership change, else null.</summary>
    public ConfigurationChange? Change { get; private set; }

    /// <summary>Index of its (last) entry once it is appended.</summary>
    public ulong Index { get; set; }

    /// <summary>When that was, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long Appended { get; set; }

    public ValueTask<ProposalResult> Start(
        EntryType type, ReadOnlyMemory<byte> data, Chunk[]? chunks, ConfigurationChange? change, CancellationToken cancellation)
    {
        Type = type;
        Data = data;
        Chunks = chunks;
        Change = change;
        Index = 0;
        _owners = 2;
        _settled = 0;
        short version = _source.Version;
        if (cancellation.CanBeCanceled)
        {
            _cancellation = cancellation.UnsafeRegister(static (state, token) => ((Proposal)state!).Abandon(token), this);
        }

        return new ValueTask<ProposalResult>(this, version);
    }

    /// <summary>Keeps the result until <see cref="Complete"/>.</summary>
    public void SetResult(ProposalResult result) => _result = result;

    /// <summary>Hands the result to the caller, whose continuation runs here and now.</summary>
    public void Complete()
    {
        pool.Gate.Leave(Data.Length);
        if (Interlocked.Exchange(ref _settled, 1) == 0) _source.SetResult(_result);
        Release();
    }

    /// <summary>Completes this one and those chained to it.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        Proposal? finished = this;
        while (finished is not null)
        {
            var next = (Proposal?)finished.Next;
            finished.Next = null;
            finished.Complete();
            finished = next;
        }
    }

    ProposalResult IValueTaskSource<ProposalResult>.GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _cancellation.Dispose();
            _cancellation = default;
            Release();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ProposalResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ProposalResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>The caller waits no longer; the entry goes its way.</summary>
    private void Abandon(CancellationToken token)
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0) return;
        _source.RunContinuationsAsynchronously = true;
        _source.SetException(new OperationCanceledException(token));
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _owners) != 0) return;
        Debug.Assert(Next is null, "a proposal in a chain returns to the pool");
        Data = default;
        Chunks = null;
        Change = null;
        _result = default;
        _source.Reset();
        _source.RunContinuationsAsynchronously = false;
        pool.Return(this);
    }
}
