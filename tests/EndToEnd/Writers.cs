using System.Collections.Concurrent;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Several clients that write new keys one after the other until stopped, and note which writes were acknowledged.</summary>
internal sealed class Writers : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _loops;
    private int _acknowledged;

    public Writers(Agent agent, int count, string prefix, ConcurrentDictionary<string, string> acknowledged) =>
        _loops = [.. Enumerable.Range(0, count).Select(writer => WriteAsync(agent.HttpAddress, $"{prefix}/{writer}", acknowledged))];

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
    }

    public void Dispose() => _stop.Dispose();

    private async Task WriteAsync(string address, string prefix, ConcurrentDictionary<string, string> acknowledged)
    {
        using var api = new Api($"http://{address}");
        for (int number = 0; !_stop.IsCancellationRequested; number++)
        {
            string key = $"{prefix}/{number}";
            string value = $"{key} {new string((char)('a' + (number % 26)), number % 700)}";
            try
            {
                Answer answer = await api.Put("/v1/kv/" + key, value);
                if (answer.Status != 200) return;
            }
            catch (HttpRequestException)
            {
                return;
            }

            acknowledged[key] = value;
            Interlocked.Increment(ref _acknowledged);
        }
    }
}
