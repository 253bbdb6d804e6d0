using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Options;

/// <summary>
/// Decisions that belong to the owner of the pool. Pure, quick, called on the loop that owns the core; what is passed is valid
/// during the call only.
/// </summary>
internal interface IPoolPolicy
{
    /// <summary>May this node be a member? Asked for each alive message that would change something; own ones included.</summary>
    bool Admits(in Alive candidate);

    /// <summary>May the pool of this list, all of it, be joined with ours? Asked for every exchange that is a join.</summary>
    bool AdmitsMerge(ReadOnlySpan<PushNodeState> nodes);

    /// <summary>Why <see cref="AdmitsMerge"/> last said no.</summary>
    string MergeRefusal => "merge refused";

    /// <summary>When the member is forgotten after it failed or left; null for the pool's default.</summary>
    TimeSpan? ForgetAfter(ReadOnlyMemory<byte> meta);

    /// <summary>Does the expression (RE2, unanchored) match the text? False when it does not compile.</summary>
    bool Matches(ReadOnlySpan<byte> expression, ReadOnlySpan<byte> text);
}

/// <summary>Admits everybody; as a plain Serf agent, but that expressions match as plain text.</summary>
internal sealed class OpenPolicy : IPoolPolicy
{
    public static readonly OpenPolicy Instance = new();

    public bool Admits(in Alive candidate) => true;

    public bool AdmitsMerge(ReadOnlySpan<PushNodeState> nodes) => true;

    public TimeSpan? ForgetAfter(ReadOnlyMemory<byte> meta) => null;

    public bool Matches(ReadOnlySpan<byte> expression, ReadOnlySpan<byte> text) => text.IndexOf(expression) >= 0;
}
