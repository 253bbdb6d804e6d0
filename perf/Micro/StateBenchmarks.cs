using BenchmarkDotNet.Attributes;
using Consul.Fast.Consensus;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Perf.Micro;

/// <summary>The tables under the sizes of a large cluster: the state machine's batches and the look-ups of the hot reads.</summary>
[MemoryDiagnoser]
public class StateBenchmarks : IDisposable
{
    private const int Batch = 64;

    private readonly TimerWheel _timers = new(TimeProvider.System);
    private readonly object?[] _results = new object?[Batch];
    private readonly LogEntry[] _batch = new LogEntry[Batch];
    private StateStore _store = null!;
    private byte[][] _keys = [];
    private ulong _index;
    private int _next;

    [Params(1_000, 100_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _store = new StateStore(new WatchHub(_timers), TimeProvider.System);
        _keys = [.. Enumerable.Range(0, Keys).Select(i => System.Text.Encoding.ASCII.GetBytes($"app/{i % 100}/{i}"))];
        _index = Samples.Fill(_store, _keys);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _timers.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public ulong GetKey()
    {
        _next = (_next + 7919) % _keys.Length;
        return _store.Current.KvGet(_keys[_next], null)!.ModifyIndex;
    }

    [Benchmark]
    public int ListPrefix()
    {
        int count = 0;
        foreach (DirEntry entry in _store.Current.KvWalk("app/42/"u8, null)) count += entry.Key.Length;
        return count;
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public ulong ApplyWrites()
    {
        for (int i = 0; i < Batch; i++)
        {
            _next = (_next + 7919) % _keys.Length;
            _batch[i] = Samples.Entry(++_index, _keys[_next], (int)_index);
        }

        _store.Apply(_batch, _results);
        return _index;
    }

    [Benchmark]
    public int HealthOfService() => _store.Current.CheckServiceNodes(Samples.Service, null, null).Value.Count;
}
