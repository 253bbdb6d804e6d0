using System.Buffers;
using System.IO.Pipelines;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>
/// Random traffic between two sessions: every byte arrives once and in order, no window is exceeded, nothing stays behind.
/// The seed decides sizes and choices; threads add their own order.
/// </summary>
public sealed class TrafficTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(false, 100_000)]
    public async Task Random_traffic_arrives_intact(bool inline, int capacity)
    {
        for (int seed = 0; seed < 12; seed++) await RunAsync(seed, inline ? PipeScheduler.Inline : PipeScheduler.ThreadPool, capacity);
    }

    private static async Task RunAsync(int seed, PipeScheduler scheduler, int capacity)
    {
        var served = new List<Task>();
        int number = 0;
        await using var pair = new SessionPair(
            stream =>
            {
                lock (served) served.Add(Task.Run(() => TalkAsync(stream, new Random(HashCode.Combine(seed, ++number)))));
            },
            scheduler,
            capacity);
        var random = new Random(seed);
        for (int round = 0; round < 3; round++)
        {
            var opened = new List<Task>();
            for (int i = random.Next(1, 30); i >= 0; i--)
            {
                YamuxStream stream = (await (random.Next(3) == 0 ? pair.Server : pair.Client).OpenStreamAsync(default))!;
                var own = new Random(random.Next());
                opened.Add(Task.Run(() => TalkAsync(stream, own)));
            }

            await Finished(opened, seed);
        }

        Task[] all;
        lock (served) all = [.. served];
        await Finished(all, seed);
        Assert.True(pair.Client.IsOpen && pair.Server.IsOpen, $"seed {seed}: {pair.Client.CloseText}, {pair.Server.CloseText}");

        // The last frames of the streams may still be on their way.
        Assert.True(
            SpinWait.SpinUntil(() => pair.Client.StreamCount + pair.Server.StreamCount == 0, TimeSpan.FromSeconds(20)),
            $"seed {seed}: {pair.Client.StreamCount} and {pair.Server.StreamCount} streams are left");
        await pair.Client.WhenWrittenAsync().WaitAsync(TimeSpan.FromSeconds(20));
        await pair.Server.WhenWrittenAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, pair.Blocks);
    }

    private static async Task Finished(IEnumerable<Task> tasks, int seed)
    {
        try
        {
            await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"seed {seed}: {tasks.Count(task => !task.IsCompleted)} streams hang");
        }
    }

    /// <summary>Both sides of a stream do the same: send a length and that many bytes, read the other's, let go.</summary>
    private static async Task TalkAsync(YamuxStream stream, Random random)
    {
        bool resets = random.Next(8) == 0;
        int length = random.Next(4) == 0 ? random.Next(1_500_000) : random.Next(3000);
        int stop = resets ? random.Next(length + 1) : int.MaxValue;
        try
        {
            await Task.WhenAll(WriteAsync(stream, new Random(random.Next()), length, stop), ReadAsync(stream, new Random(random.Next())));
        }
        catch
        {
            // Without its reader the other side would hang and hide what went wrong.
            await stream.Session.CloseAsync();
            throw;
        }

        stream.Release();
    }

    private static async Task WriteAsync(YamuxStream stream, Random random, int length, int stop)
    {
        PipeWriter output = stream.Output;
        BitConverter.TryWriteBytes(output.GetSpan(4), length);
        output.Advance(4);
        for (int at = 0; at < length;)
        {
            Span<byte> span = output.GetSpan(random.Next(1, 6000));
            int count = Math.Min(random.Next(1, span.Length + 1), length - at);
            for (int i = 0; i < count; i++) span[i] = ByteAt(at + i);
            output.Advance(count);
            at += count;
            if (at > stop)
            {
                stream.Reset();
                return;
            }

            if (random.Next(3) == 0 && (await output.FlushAsync()).IsCompleted) return;
        }

        await output.CompleteAsync();
    }

    private static async Task ReadAsync(YamuxStream stream, Random random)
    {
        long at = -4;
        int length = 0;
        while (true)
        {
            ReadResult result = await stream.Input.ReadAsync();
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (at < 0 && buffer.Length >= 4)
            {
                length = BitConverter.ToInt32(buffer.Slice(0, 4).ToArray());
                buffer = buffer.Slice(4);
                at = 0;
            }

            if (at < 0)
            {
                stream.Input.AdvanceTo(buffer.Start, buffer.End);
                if (!result.IsCompleted) continue;
                Assert.NotNull(stream.Failure);
                return;
            }

            // Sometimes part of it is left, seen or unseen; never a whole window, which would stop the sender for good.
            bool all = random.Next(2) == 0 || buffer.Length > 200_000;
            ReadOnlySequence<byte> taken = all ? buffer : buffer.Slice(0, random.NextInt64(buffer.Length + 1));
            foreach (ReadOnlyMemory<byte> part in taken)
            {
                foreach (byte value in part.Span)
                {
                    if (value != ByteAt(at++)) Assert.Fail($"stream {stream.Id} differs at {at - 1}");
                }
            }

            bool last = result.IsCompleted && taken.Length == buffer.Length;
            stream.Input.AdvanceTo(taken.End, random.Next(2) == 0 && !result.IsCompleted ? buffer.End : taken.End);
            if (!last) continue;
            Assert.True(at == length || stream.Failure is not null, $"stream {stream.Id} ends at {at} of {length}");
            return;
        }
    }

    private static byte ByteAt(long offset) => (byte)(offset ^ (offset >> 8) ^ (offset >> 16));
}
