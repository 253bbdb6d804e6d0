using System.Globalization;
using Consul.Fast.Chaos.Tests.Lab;

namespace Consul.Fast.Chaos.Tests.Load;

/// <summary>One client that writes new keys one after the other, each to a server of its choice.</summary>
internal sealed class JournalClient(int number, int seed, IReadOnlyList<LabHttp> servers, LoadRecords records)
{
    private const int LongestValue = 3000;
    private readonly Random _random = new(seed);
    private int _written;

    public async Task Next()
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{Journal.Folder}{number}/{++_written}");
        string value = $"{key} {new string((char)('a' + (_written % 26)), _random.Next(LongestValue))}";
        LabHttp server = servers[_random.Next(servers.Count)];
        Reply reply = await records.Requests.Of(number, server, $"set {key}", server.Put($"/v1/kv/{key}", value));
        if (reply.Is(200))
        {
            records.Journal.Acknowledge(key, value);
            records.Answered();
            return;
        }

        if (Verdicts.HadNoEffect(reply)) records.Journal.Refuse(key, value);
        records.Failed(reply);
    }
}
