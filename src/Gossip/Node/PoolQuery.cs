using System.Threading.Channels;

namespace Consul.Fast.Gossip.Node;

/// <summary>What to ask, and whom.</summary>
public sealed record PoolQueryRequest(string Name, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Only these nodes; empty for no restriction.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Only nodes whose tags match these regular expressions.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> Tags { get; init; } = [];

    public bool WantsAck { get; init; }

    /// <summary>Helpers that relay each answer once more.</summary>
    public byte RelayFactor { get; init; }

    /// <summary>Zero for the default, which grows with the pool.</summary>
    public TimeSpan Timeout { get; init; }
}

/// <param name="From">Name of the node that answered.</param>
public readonly record struct PoolAnswer(string From, ReadOnlyMemory<byte> Payload);

/// <summary>A query on its way. Both streams end when its time is over.</summary>
public sealed class PoolQuery
{
    /// <summary>A pool is smaller; whoever invents names gets no more memory.</summary>
    private const int AnswersMax = 65536;

    private readonly Channel<string> _acks = Channel.CreateBounded<string>(AnswersMax);
    private readonly Channel<PoolAnswer> _answers = Channel.CreateBounded<PoolAnswer>(AnswersMax);

    /// <summary>Names of the nodes that got the query; only when they were asked to say so.</summary>
    public ChannelReader<string> Acks => _acks.Reader;

    public ChannelReader<PoolAnswer> Answers => _answers.Reader;

    internal void Ack(string from) => _acks.Writer.TryWrite(from);

    internal void Answer(PoolAnswer answer) => _answers.Writer.TryWrite(answer);

    internal void Done()
    {
        _acks.Writer.TryComplete();
        _answers.Writer.TryComplete();
    }
}

/// <summary>How a key operation went in the pool.</summary>
/// <param name="Nodes">Members asked.</param>
/// <param name="Messages">Remarks and errors by node.</param>
/// <param name="Keys">Number of nodes by key in base64.</param>
/// <param name="PrimaryKeys">Number of nodes by primary key.</param>
public sealed record KeyReport(
    int Nodes,
    int Answers,
    int Errors,
    IReadOnlyDictionary<string, string> Messages,
    IReadOnlyDictionary<string, int> Keys,
    IReadOnlyDictionary<string, int> PrimaryKeys);

/// <summary>Place of a node in the space whose distances are round-trip times; seconds, the error has no unit.</summary>
public sealed record NodeCoordinate(IReadOnlyList<double> Vec, double Error, double Adjustment, double Height);
