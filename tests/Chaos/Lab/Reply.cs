using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Chaos.Tests.Lab;

internal enum ReplyKind
{
    /// <summary>An HTTP answer of whatever status came back.</summary>
    Answered,

    /// <summary>No connection could be made: the server never saw the request.</summary>
    NotSent,

    /// <summary>The request may have been seen, but no answer came in time.</summary>
    Lost,
}

/// <param name="Answer">Present when answered.</param>
/// <param name="Error">Empty when answered.</param>
internal readonly record struct Reply(ReplyKind Kind, Answer? Answer, string Error)
{
    public bool Is(int status) => Answer?.Status == status;

    public override string ToString() => Answer is { } answer ? $"{answer.Status} {answer.Text}" : $"{Kind}: {Error}";
}
