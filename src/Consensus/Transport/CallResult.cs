using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Transport;

/// <summary>What became of a request: an answer, or an error text.</summary>
/// <param name="Response">The answer, null when there is none or it came with an error.</param>
/// <param name="Error">Why there is no answer; empty when there is one.</param>
internal readonly record struct CallResult(RaftResponse? Response, string Error)
{
    public static CallResult Failed(string error) => new(null, error);

    public static CallResult Of(PeerAnswer answer) =>
        answer.Kind == AnswerKind.Answered && answer.Error.Length == 0 ? new(answer.Response, "") : new(null, answer.Error);
}
