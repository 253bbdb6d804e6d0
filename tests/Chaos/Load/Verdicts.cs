using Consul.Fast.Chaos.Tests.Lab;

namespace Consul.Fast.Chaos.Tests.Load;

/// <summary>What the reply to a write says of its effect.</summary>
internal static class Verdicts
{
    /// <summary>
    /// Errors given before anything was appended to a log. All others, above all "leadership lost while committing log", leave
    /// open what became of the write.
    /// </summary>
    private static readonly string[] s_refusals = ["No cluster leader", "node is not the leader", "failed to get conn: dial"];

    /// <summary>True when the write certainly never takes effect.</summary>
    public static bool HadNoEffect(Reply reply) => reply.Kind == ReplyKind.NotSent
        || (reply.Answer is { Status: >= 500 } answer && s_refusals.Any(each => answer.Text.Contains(each, StringComparison.Ordinal)));
}
