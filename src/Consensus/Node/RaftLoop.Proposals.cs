using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Node;

/// <summary>Proposals, verification and the orderly end.</summary>
internal sealed partial class RaftLoop
{
    private StopItem? _stop;
    private TransferItem? _transfer;

    private void Propose(Proposal proposal)
    {
        if (_stop is not null) Finish(proposal, RaftErrors.Shutdown);
        else if (_core.Role != RaftRole.Leader) Finish(proposal, RaftErrors.NotLeader);
        else if (_core.IsTransferring) Finish(proposal, RaftErrors.TransferInProgress);
        else if (_restoring || !TryAppend(proposal)) _parked.Enqueue(proposal);
    }

    /// <summary>False when it has to wait.</summary>
    private bool TryAppend(Proposal proposal)
    {
        TimeSpan now = _clock();
        ulong index = 0;
        if (proposal.Change is { } change)
        {
            ChangeOutcome outcome = _core.ChangeConfiguration(now, change, out index, out string? error);
            if (outcome == ChangeOutcome.Wait) return false;
            if (outcome == ChangeOutcome.Refused)
            {
                Finish(proposal, error!);
                return true;
            }
        }
        else if (proposal.Chunks is { } chunks)
        {
            foreach (Chunk chunk in chunks) index = _core.Propose(now, proposal.Type, chunk.Data, chunk.Extensions);
        }
        else
        {
            index = _core.Propose(now, proposal.Type, proposal.Data);
        }

        _pending.Add(proposal, index);
        return true;
    }

    private bool HasParkedTurn() =>
        !_restoring && _parked.Count > 0 && _core.Role == RaftRole.Leader &&
        (_parked.Peek().Change is null || _core.CanChangeConfiguration);

    /// <summary>Appends what had to wait: membership changes for the one before them, everything for a restore.</summary>
    private void RetryParked()
    {
        if (_restoring) return;
        for (int left = _parked.Count; left > 0; left--)
        {
            Proposal proposal = _parked.Dequeue();
            if (_core.Role != RaftRole.Leader) Finish(proposal, RaftErrors.NotLeader);
            else if (_core.IsTransferring) Finish(proposal, RaftErrors.TransferInProgress);
            else if (!TryAppend(proposal)) _parked.Enqueue(proposal);
        }
    }

    private void Verify(VerifyItem item)
    {
        item.Round = _core.VerifyLeader(_clock());
        if (item.Round == 0) item.Complete(RaftErrors.NotLeader);
        else _verifying.Add(item);
    }

    private void CompleteVerified()
    {
        int done = 0;
        while (done < _verifying.Count && _verifying[done].Round <= _core.VerifiedRound) _verifying[done++].Complete(null);
        if (done > 0) _verifying.RemoveRange(0, done);
    }

    private void Transfer(TransferItem item)
    {
        string? error = _restoring
            ? "cannot transfer leadership while a snapshot is restored"
            : _core.TransferLeadership(_clock(), item.ServerId);
        if (error is not null) item.Complete(error);
        else _transfer = item;
    }

    /// <summary>An attempt has succeeded when leadership is gone, whoever has it now.</summary>
    private void CompleteTransfer()
    {
        if (_transfer is not { } item || _core.IsTransferring) return;
        _transfer = null;
        item.Complete(_core.Role == RaftRole.Leader ? _core.TransferError : null);
    }

    private void ContinueStop()
    {
        if (_stop is not { } stop || _core.Role == RaftRole.Shutdown) return;
        if (!stop.AtOnce && (_pending.Count > 0 || _core.HasWriteUnderWay)) return;
        Shutdown();
    }

    private void Shutdown()
    {
        _core.Stop();
        CarryOut();
        FailEverything(RaftErrors.Shutdown);
        _bootstrap?.Complete(RaftErrors.Shutdown);
        _transfer?.Complete(RaftErrors.Shutdown);
        _stop?.Complete(true);
        _parts.Board.Publish(_core);
    }

    private void FailEverything(string error)
    {
        _pending.FailAbove(0, error);
        while (_parked.TryDequeue(out Proposal? parked)) Finish(parked, error);
        string verifyError = error == RaftErrors.Shutdown ? error : RaftErrors.NotLeader;
        foreach (VerifyItem verify in _verifying) verify.Complete(verifyError);
        _verifying.Clear();
        AbandonRestore(error);
    }

    /// <summary>Answers what arrives after the end.</summary>
    private void Refuse(LoopItem item)
    {
        switch (item)
        {
            case Proposal proposal:
                Finish(proposal, RaftErrors.Shutdown);
                break;
            case CallItem<string?> call:
                call.Complete(RaftErrors.Shutdown);
                break;
            case BeginRestoreItem begin:
                begin.Complete(new RestorePlace(null, RaftErrors.Shutdown));
                break;
            case EndRestoreItem end:
                end.Complete(!end.Restored);
                break;
            case CallItem<bool> call:
                call.Complete(false);
                break;
            case RequestItem request:
                request.ReplyTo.Reply(Refusal(request.Request), RaftErrors.Shutdown);
                break;
            case SnapshotItem snapshot:
                snapshot.Error = RaftErrors.Shutdown;
                snapshot.Reply(Refusal(snapshot.Request));
                break;
            case SnapshotInstalledItem installed:
                OnSnapshotInstalled(installed);
                CarryOut();
                break;
        }
    }

    private RaftResponse Refusal(RaftRequest request) => request switch
    {
        VoteRequest => new VoteResponse(_core.Term, Granted: false),
        PreVoteRequest => new PreVoteResponse(_core.Term, Granted: false),
        TimeoutNowRequest => new TimeoutNowResponse(0),
        SnapshotRequest => new SnapshotResponse(_core.Term, Success: false),
        _ => new AppendResponse(_core.Term, _core.LastIndex, Success: false),
    };

    private void Finish(Proposal proposal, string error) => _finished.Add(proposal, new ProposalResult(0, null, error));
}
