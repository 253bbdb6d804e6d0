using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;

namespace Consul.Fast.Consensus.Transport;

/// <summary>The place of one request among the answers of its connection.</summary>
internal sealed class ReplySlot(AnswerQueue queue) : IRaftReply
{
    public RaftResponse? Response { get; private set; }

    public string? Error { get; private set; }

    /// <summary>Bytes of the request, which are in memory until it is answered.</summary>
    public long Bytes { get; set; }

    public bool IsAnswered { get; private set; }

    void IRaftReply.Reply(RaftResponse response, string? error) => queue.Answer(this, response, error);

    /// <summary>Under the lock of the queue.</summary>
    public void Fill(RaftResponse? response, string? error)
    {
        Response = response;
        Error = error;
        IsAnswered = true;
    }

    /// <summary>Makes the slot ready for another request.</summary>
    public void Clear()
    {
        Response = null;
        Error = null;
        Bytes = 0;
        IsAnswered = false;
    }
}
