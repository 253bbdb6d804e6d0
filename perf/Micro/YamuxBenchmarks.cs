using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Yamux;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Perf.Micro;

/// <summary>Frames, and whole exchanges of two sessions without a network between them.</summary>
[MemoryDiagnoser]
public class YamuxBenchmarks : IYamuxAcceptor, IDisposable
{
    private const int RequestBytes = 100;

    private readonly byte[] _frame = new byte[FrameHeader.Size];
    private readonly byte[] _request = new byte[RequestBytes];
    private TimerWheel _timers = null!;
    private YamuxSession _client = null!;
    private YamuxSession _server = null!;
    private YamuxStream _stream = null!;
    private byte[] _answer = [];

    /// <summary>A small answer, and one of several frames.</summary>
    [Params(40, 50_000)]
    public int AnswerBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _answer = new byte[AnswerBytes];
        _timers = new TimerWheel();
        (InlineConnection left, InlineConnection right) = InlineConnection.CreatePair();
        _client = Start(left, YamuxRole.Client);
        _server = Start(right, YamuxRole.Server);
        _stream = Open();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _stream.Release();
        _client.CloseAsync().AsTask().Wait();
        _server.CloseAsync().AsTask().Wait();
        _timers.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int FrameHeaderRoundTrip()
    {
        new FrameHeader(FrameType.Data, FrameFlags.Syn, 12_345, 100).Write(_frame);
        return (int)FrameHeader.Read(_frame).Length;
    }

    /// <summary>A request and its answer on a stream that is used again and again.</summary>
    [Benchmark]
    public int ExchangeOnStream() => Exchange(_stream);

    /// <summary>
    /// The same on a stream that is opened for it and closed afterwards. What it allocates is the loop of the answering side,
    /// one for each stream; the sessions use their stream objects again.
    /// </summary>
    [Benchmark]
    public int ExchangeOnNewStream()
    {
        YamuxStream stream = Open();
        int bytes = Exchange(stream);
        stream.Close();
        stream.Release();
        return bytes;
    }

    void IYamuxAcceptor.OnStream(YamuxStream stream) => _ = AnswerAsync(stream);

    private YamuxSession Start(InlineConnection end, YamuxRole role)
    {
        var session = new YamuxSession(
            end, end.Input, role, new YamuxSettings(), _timers, PinnedBlockPool.Small, this, NullLogger.Instance);
        _ = session.RunAsync();
        return session;
    }

    private YamuxStream Open() => _client.TryOpenStream(out YamuxStream? stream) ? stream! : throw new InvalidOperationException();

    private int Exchange(YamuxStream stream)
    {
        ValueTask<FlushResult> written = stream.Output.WriteAsync(_request);
        if (!written.IsCompletedSuccessfully || written.Result.IsCompleted) throw new InvalidOperationException("The request waits.");
        int received = 0;
        while (received < AnswerBytes)
        {
            if (!stream.Input.TryRead(out ReadResult result)) throw new InvalidOperationException("The answer is late.");
            received += (int)result.Buffer.Length;
            stream.Input.AdvanceTo(result.Buffer.End);
        }

        return received;
    }

    private async Task AnswerAsync(YamuxStream stream)
    {
        for (int wanted = RequestBytes; ;)
        {
            ReadResult result = await stream.Input.ReadAsync().ConfigureAwait(false);
            wanted -= (int)result.Buffer.Length;
            stream.Input.AdvanceTo(result.Buffer.End);
            if (wanted == 0)
            {
                await stream.Output.WriteAsync(_answer).ConfigureAwait(false);
                wanted = RequestBytes;
            }

            if (result.IsCompleted) break;
        }

        stream.Close();
        stream.Release();
    }
}
