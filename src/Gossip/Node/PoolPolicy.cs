using System.Text;
using System.Text.RegularExpressions;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Wire;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Gossip.Node;

/// <summary>The core's questions in the words of the node's owner. Expressions run without backtracking, in linear time.</summary>
internal sealed class PoolPolicy(IPoolAdmission? admission, ILogger logger) : IPoolPolicy
{
    private const int ExpressionBytesMax = 1024;

    public bool Admits(in Alive candidate) =>
        admission is null || admission.Admits(MemberForms.From(candidate.Node, candidate.Addr, candidate.Meta, candidate.Vsn, MemberStatus.Alive));

    public bool AdmitsMerge(ReadOnlySpan<PushNodeState> nodes)
    {
        if (admission is null) return true;
        var members = new Member[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            ref readonly PushNodeState node = ref nodes[i];
            MemberStatus status = node.State switch
            {
                NodeState.Left => MemberStatus.Left,
                NodeState.Dead => MemberStatus.Failed,
                _ => MemberStatus.Alive,
            };
            members[i] = MemberForms.From(node.Name, node.Addr, node.Meta, node.Vsn, status);
        }

        string? refusal = admission.MergeRefusal(members);
        MergeRefusal = refusal ?? "";
        return refusal is null;
    }

    public string MergeRefusal { get; private set; } = "";

    public TimeSpan? ForgetAfter(ReadOnlyMemory<byte> meta)
    {
        if (!TagCodec.TryFind(meta, ForgetTag.Name, out ReadOnlyMemory<byte> text)) return null;
        if (ForgetTag.TryParse(text.Span, out TimeSpan duration)) return duration == TimeSpan.Zero ? null : duration;
        Log.MalformedForgetTag(logger, Encoding.UTF8.GetString(text.Span));
        return null;
    }

    public bool Matches(ReadOnlySpan<byte> expression, ReadOnlySpan<byte> text)
    {
        if (expression.Length > ExpressionBytesMax) return false;
        try
        {
            return Regex.IsMatch(Encoding.UTF8.GetString(text), Encoding.UTF8.GetString(expression), RegexOptions.NonBacktracking);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
