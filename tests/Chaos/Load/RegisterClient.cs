using System.Globalization;
using System.Text.Json;
using Consul.Fast.Chaos.Tests.Lab;
using Consul.Fast.Tests.Harness.History;

namespace Consul.Fast.Chaos.Tests.Load;

/// <summary>
/// One client that reads and changes a handful of keys, one request after the other, each to a server of its choice. Every
/// value is written once. The keys change with time, so that each has a history of bearable length.
/// </summary>
internal sealed class RegisterClient(int number, int seed, IReadOnlyList<LabHttp> servers, LoadRecords records, Func<int> era)
{
    public const int KeyCount = 4;
    private readonly Random _random = new(seed);

    // What this client last saw at a key, and the index that goes with it.
    private readonly Dictionary<string, (string? Value, string Index)> _known = [];
    private int _written;

    public static string Key(int era, int key) => string.Create(CultureInfo.InvariantCulture, $"registers/{era}/{key}");

    public Task Next()
    {
        string key = Key(era(), _random.Next(KeyCount));
        LabHttp server = servers[_random.Next(servers.Count)];
        return _random.Next(100) switch
        {
            < 35 => Set(server, key),
            < 55 => CompareAndSet(server, key),
            < 58 => Delete(server, key),
            < 85 => Read(server, key),
            < 93 => LooseRead(server, $"/v1/kv/{key}", key),
            _ => LooseRead(server, $"/v1/kv/{key}?stale", key),
        };
    }

    /// <summary>A read that every write acknowledged before must show.</summary>
    public async Task Read(LabHttp server, string key)
    {
        Recorder.OpenOperation read = records.History.BeginRead(number, key);
        Reply reply = await records.Requests.Of(number, server, $"read {key}", server.Get($"/v1/kv/{key}?consistent"));
        if (reply.Is(404))
        {
            read.Returned(null);
            _known[key] = (null, "0");
        }
        else if (reply.Is(200))
        {
            (string value, string index) = Entry(reply);
            read.Returned(value);
            _known[key] = (value, index);
        }
    }

    private async Task LooseRead(LabHttp server, string path, string key)
    {
        Reply reply = await records.Requests.Of(number, server, $"loose read {path}", server.Get(path));
        if (reply.Is(200)) records.Loose.See(key, Entry(reply).Value);
        else if (reply.Is(404)) records.Loose.See(key, null);
    }

    private async Task Set(LabHttp server, string key)
    {
        string value = NewValue(key);
        Recorder.OpenOperation write = records.History.BeginWrite(number, key, value);
        Reply reply = await records.Requests.Of(number, server, $"set {key} {value}", server.Put($"/v1/kv/{key}", value));
        End(write, reply, key, value);
    }

    private async Task Delete(LabHttp server, string key)
    {
        Recorder.OpenOperation write = records.History.BeginWrite(number, key, null);
        Reply reply = await records.Requests.Of(number, server, $"delete {key}", server.Delete($"/v1/kv/{key}"));
        End(write, reply, key, null);
    }

    private async Task CompareAndSet(LabHttp server, string key)
    {
        (string? expected, string index) = _known.GetValueOrDefault(key, (null, "0"));
        string value = NewValue(key);
        Recorder.OpenOperation change = records.History.BeginCompareAndSet(number, key, expected, value);
        Reply reply = await records.Requests.Of(
            number, server, $"cas {key} {index} {value}", server.Put($"/v1/kv/{key}?cas={index}", value));
        if (reply.Is(200) && reply.Answer!.Text.Trim() == "false")
        {
            change.Mismatched();
            records.Loose.Refuse(key, value);
            records.Answered();
            return;
        }

        End(change, reply, key, value);
    }

    private void End(Recorder.OpenOperation write, Reply reply, string key, string? value)
    {
        if (reply.Is(200))
        {
            if (reply.Answer!.Text.Trim() != "true") throw new InvalidOperationException($"{key}: odd answer to a write: {reply}");
            write.Done();
            records.Answered();
        }
        else if (Verdicts.HadNoEffect(reply))
        {
            write.HadNoEffect();
            if (value is not null) records.Loose.Refuse(key, value);
            records.Failed(reply);
        }
        else
        {
            records.Failed(reply);
        }
    }

    private string NewValue(string key)
    {
        string value = string.Create(CultureInfo.InvariantCulture, $"{number}.{++_written}");
        records.Loose.Mean(key, value);
        return value;
    }

    private static (string Value, string Index) Entry(Reply reply)
    {
        JsonElement entry = reply.Answer!.Json[0];
        return (KvListing.Text(entry), entry.GetProperty("ModifyIndex").GetRawText());
    }
}
