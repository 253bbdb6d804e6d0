using System.Collections.Concurrent;
using Consul.Fast.Chaos.Tests.Lab;
using Consul.Fast.Tests.Harness.History;

namespace Consul.Fast.Chaos.Tests.Load;

/// <summary>All that the clients of one run were told. Thread safe.</summary>
internal sealed class LoadRecords(string requestFile) : IDisposable
{
    private readonly ConcurrentDictionary<string, int> _failures = [];
    private int _answered;

    public Recorder History { get; } = new();

    public Journal Journal { get; } = new();

    public LooseReads Loose { get; } = new();

    public RequestLog Requests { get; } = new(requestFile);

    /// <summary>Writes that were answered with their result: the measure of progress.</summary>
    public int AnsweredWrites => Volatile.Read(ref _answered);

    public int FailedWrites => _failures.Values.Sum();

    public void Dispose() => Requests.Dispose();

    public void Answered() => Interlocked.Increment(ref _answered);

    public void Failed(Reply reply)
    {
        string text = reply.ToString();
        _failures.AddOrUpdate(text.Length > 100 ? text[..100] : text, 1, static (_, count) => count + 1);
    }

    /// <summary>The kinds of failures, the most frequent ones first.</summary>
    public IEnumerable<string> Failures => _failures.OrderByDescending(static each => each.Value).Take(20).Select(static each => $"{each.Value} x {each.Key.Trim()}");
}
