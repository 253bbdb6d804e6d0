using System.IO.Pipelines;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Wire;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Consensus.Transport;

/// <summary>
/// Requests of one exchange each: heartbeats, votes, pre-votes, hand-overs. Each has a connection for itself while it runs,
/// so none waits for another one or for data. Thread safe.
/// </summary>
internal sealed class PeerCalls(PeerDialer dialer, IdleConnections idle, TimeSpan timeout)
{
    /// <summary>How long a peer that does not know pre-votes is not asked again.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(5);

    private volatile PreVoteKnowledge _preVotes;
    private long _forgetAt;

    private enum PreVoteKnowledge
    {
        Unknown,
        Known,
        NotKnown,
    }

    /// <summary>Sends a request and waits for its answer. Never throws for what the network does.</summary>
    public ValueTask<CallResult> RunAsync(RaftRequest request, PeerAddress address) => request is PreVoteRequest question
        ? AskAsync(question, address)
        : CallAsync(output => RequestEncoder.Write(output, request), RaftWire.TypeOf(request), address);

    /// <summary>The peer may have become another program.</summary>
    public void Forget() => _preVotes = PreVoteKnowledge.Unknown;

    /// <summary>
    /// A peer that has no pre-votes is one that grants, as long as it can be reached: every server votes against a candidate
    /// that is behind, but a candidate that reaches nobody should not raise the term.
    /// </summary>
    private async ValueTask<CallResult> AskAsync(PreVoteRequest question, PeerAddress address)
    {
        if (_preVotes == PreVoteKnowledge.NotKnown && Environment.TickCount64 >= Volatile.Read(ref _forgetAt)) Forget();
        switch (_preVotes)
        {
            case PreVoteKnowledge.Unknown:
                return await AskFirstAsync(question, address).ConfigureAwait(false);
            case PreVoteKnowledge.Known:
                CallResult asked = await CallAsync(
                    output => RequestEncoder.Write(output, question), RaftRpc.PreVote, address).ConfigureAwait(false);
                if (asked.Response is null) Forget();
                return asked;
            default:
                CallResult reached = await CallAsync(
                    RequestEncoder.WriteProbe, RaftRpc.RequestVote, address).ConfigureAwait(false);
                if (reached.Error == RaftWire.UnsupportedProtocol) return Granted;
                Forget();
                return reached;
        }
    }

    private static CallResult Granted => new(new PreVoteResponse(0, Granted: true), "");

    /// <summary>
    /// Finds out whether the peer has pre-votes: on a connection that has just proved to speak Raft, one that closes has not.
    /// </summary>
    private async ValueTask<CallResult> AskFirstAsync(PreVoteRequest question, PeerAddress address)
    {
        (PeerConnection? connection, string error) = await dialer.DialAsync(address).ConfigureAwait(false);
        if (connection is null) return CallResult.Failed(error);
        PeerAnswer answer = await ExchangeAsync(connection, RequestEncoder.WriteProbe, RaftRpc.RequestVote).ConfigureAwait(false);
        if (answer.Kind == AnswerKind.Answered)
        {
            answer = await ExchangeAsync(
                connection, output => RequestEncoder.Write(output, question), RaftRpc.PreVote).ConfigureAwait(false);
            if (answer.Kind == AnswerKind.NoByte && !connection.HasTimedOut && !dialer.IsStopping)
            {
                Volatile.Write(ref _forgetAt, Environment.TickCount64 + (long)ForgetAfter.TotalMilliseconds);
                _preVotes = PreVoteKnowledge.NotKnown;
                await dialer.CloseAsync(connection).ConfigureAwait(false);
                return Granted;
            }

            if (answer.Kind == AnswerKind.Answered) _preVotes = PreVoteKnowledge.Known;
        }

        await LeaveAsync(connection, answer).ConfigureAwait(false);
        return CallResult.Of(answer);
    }

    /// <summary>
    /// A connection that was idle may be one to a process that is gone; then a new one is tried. Not for a hand-over, which must
    /// not come twice: a peer that leads already would stand down for it.
    /// </summary>
    private async ValueTask<CallResult> CallAsync(Action<PipeWriter> write, RaftRpc rpc, PeerAddress address)
    {
        if (rpc != RaftRpc.TimeoutNow && idle.Take(address.Text) is { } used)
        {
            PeerAnswer answer = await ExchangeAsync(used, write, rpc).ConfigureAwait(false);
            bool stale = answer.Kind == AnswerKind.NoByte && !used.HasTimedOut;
            await LeaveAsync(used, answer).ConfigureAwait(false);
            if (!stale) return CallResult.Of(answer);
        }

        (PeerConnection? connection, string error) = await dialer.DialAsync(address).ConfigureAwait(false);
        if (connection is null) return CallResult.Failed(error);
        PeerAnswer last = await ExchangeAsync(connection, write, rpc).ConfigureAwait(false);
        await LeaveAsync(connection, last).ConfigureAwait(false);
        return CallResult.Of(last);
    }

    private async ValueTask<PeerAnswer> ExchangeAsync(PeerConnection connection, Action<PipeWriter> write, RaftRpc rpc)
    {
        connection.LimitAnswer(timeout);
        try
        {
            write(connection.Output);
            await connection.Output.FlushAsync().ConfigureAwait(false);
            return await connection.ReadAnswerAsync(rpc).ConfigureAwait(false);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            connection.Abort(exception);
            return PeerAnswer.NoByte with { Error = connection.ReasonText };
        }
        finally
        {
            connection.LimitAnswer(null);
        }
    }

    /// <summary>A connection whose exchange is complete waits for the next one; any other is of no use.</summary>
    private async ValueTask LeaveAsync(PeerConnection connection, PeerAnswer answer)
    {
        bool good = answer.Kind == AnswerKind.Answered && !connection.IsBroken && !dialer.IsStopping;
        if (good && idle.TryKeep(connection)) return;
        await dialer.CloseAsync(connection).ConfigureAwait(false);
    }
}
