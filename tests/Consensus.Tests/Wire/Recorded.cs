namespace Consul.Fast.Consensus.Tests.Wire;

/// <summary>Requests and answers recorded from real servers.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Request">Type byte, request and, where one is shown, the state of a snapshot.</param>
/// <param name="Answer">Error text and object; empty when the receiver closed the connection instead.</param>
internal sealed record Recorded(string Name, byte[] Request, byte[] Answer)
{
    /// <summary>Traffic of a healthy cluster.</summary>
    public static IReadOnlyList<Recorded> Exchanges { get; } = Read("exchanges.txt");

    /// <summary>Odd requests to a lone leader of term 2 with 8 entries.</summary>
    public static IReadOnlyList<Recorded> Errors { get; } = Read("errors.txt");

    public static Recorded Exchange(string name) => Exchanges.Single(exchange => exchange.Name == name);

    public static TheoryData<string> Names(IEnumerable<Recorded> recorded) => [.. recorded.Select(static each => each.Name)];

    public override string ToString() => Name;

    private static List<Recorded> Read(string file)
    {
        List<Recorded> recorded = [];
        List<string> request = [];
        List<string> answer = [];
        List<string>? target = null;
        string? name = null;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", file)).Append("## "))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                if (name is not null) recorded.Add(new Recorded(name, Bytes(request), Bytes(answer)));
                (name, request, answer, target) = (line[3..], [], [], null);
            }
            else if (line.StartsWith("REQ", StringComparison.Ordinal))
            {
                target = request;
            }
            else if (line.StartsWith("RSP", StringComparison.Ordinal))
            {
                target = answer;
            }
            else if (!line.StartsWith('#') && !line.StartsWith('('))
            {
                target?.Add(line);
            }
        }

        return recorded;
    }

    private static byte[] Bytes(List<string> lines) => Convert.FromHexString(string.Concat(lines));
}
