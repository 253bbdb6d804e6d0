using Consul.Fast.Gossip.Core.Members;

namespace Consul.Fast.Gossip.Core.Serf;

/// <summary>What the answers to an own query are for.</summary>
internal enum QueryPurpose : byte
{
    /// <summary>For the application.</summary>
    Application,
    Keys,
    Conflict,
}

/// <summary>An own query that is open.</summary>
internal sealed class RunningQuery(QueryId id, QueryPurpose purpose, TimeSpan deadline)
{
    private readonly HashSet<ulong> _acks = [];
    private readonly HashSet<ulong> _answers = [];

    public QueryId Id => id;

    public QueryPurpose Purpose => purpose;

    public TimeSpan Deadline => deadline;

    /// <summary>Of a key operation: what the answers say so far.</summary>
    public KeyCollection? Keys { get; init; }

    /// <summary>Of a key operation: the caller's token.</summary>
    public long Token { get; init; }

    /// <summary>Of a name conflict: answers, and those that know the name as ours.</summary>
    public int ConflictAnswers { get; set; }

    public int ConflictMatches { get; set; }

    public int Timer { get; set; } = TimerHeap.None;

    /// <summary>False for a repeated acknowledgement of one node.</summary>
    public bool TryAck(ReadOnlySpan<byte> from) => _acks.Add(NodeIdentity.HashOf(from));

    /// <summary>False for a repeated answer of one node.</summary>
    public bool TryAnswer(ReadOnlySpan<byte> from) => _answers.Add(NodeIdentity.HashOf(from));
}

/// <summary>What a pool answered to a key operation.</summary>
internal sealed class KeyCollection
{
    /// <summary>Members asked.</summary>
    public int Nodes { get; init; }

    public int Answers { get; set; }

    public int Errors { get; set; }

    /// <summary>Remarks and errors by node name.</summary>
    public SortedDictionary<string, string> Messages { get; } = new(StringComparer.Ordinal);

    /// <summary>Base64 key: number of nodes that have it.</summary>
    public SortedDictionary<string, int> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>Base64 key: number of nodes that encrypt with it.</summary>
    public SortedDictionary<string, int> PrimaryKeys { get; } = new(StringComparer.Ordinal);
}

/// <summary>What to ask, of whom.</summary>
/// <param name="Filters">Encoded filters, see <see cref="Messages.IGossipCodec"/>.</param>
/// <param name="Timeout">Zero for the default of <see cref="Formulas.QueryTimeout"/>.</param>
internal readonly record struct QueryRequest(
    ReadOnlyMemory<byte> Name,
    ReadOnlyMemory<byte> Payload,
    ReadOnlyMemory<ReadOnlyMemory<byte>> Filters,
    bool WantsAck,
    byte RelayFactor,
    TimeSpan Timeout);
