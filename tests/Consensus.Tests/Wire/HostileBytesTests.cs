using System.Buffers;
using System.IO.Pipelines;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Wire;
using Consul.Fast.Net.Rpc;

namespace Consul.Fast.Consensus.Tests.Wire;

/// <summary>Bytes that are no messages end in a refusal: no exception, no memory on the sender's word, the same for any slicing.</summary>
public sealed class HostileBytesTests
{
    private const int Mutations = 4000;

    public static TheoryData<string> Names => Recorded.Names(Recorded.Exchanges);

    [Theory]
    [MemberData(nameof(Names))]
    public void Truncated_request_is_none(string name)
    {
        byte[] recorded = Recorded.Exchange(name).Request;
        for (int length = 0; length < recorded.Length - 1; length++)
        {
            Assert.False(RequestDecoder.TryRead((RaftRpc)recorded[0], recorded.AsSpan(1, length), out _));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Truncated_answer_is_none(string name)
    {
        Recorded exchange = Recorded.Exchange(name);
        for (int length = 0; length < exchange.Answer.Length - 1; length++)
        {
            Assert.False(ResponseCodec.TryRead((RaftRpc)exchange.Request[0], exchange.Answer.AsSpan(1, length), out _));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutated_request_does_no_harm(string name)
    {
        byte[] recorded = Recorded.Exchange(name).Request;
        Random random = new(name.Length);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] mutant = Mutate(random, recorded);
            long before = GC.GetAllocatedBytesForCurrentThread();
            RequestDecoder.TryRead((RaftRpc)mutant[0], mutant.AsSpan(1), out _);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            // Each byte that is there can stand for an entry at most.
            Assert.True(allocated < 4096 + (256L * mutant.Length), $"{allocated} bytes for {mutant.Length}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutated_answer_does_no_harm(string name)
    {
        Recorded exchange = Recorded.Exchange(name);
        Random random = new(name.Length);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] mutant = Mutate(random, exchange.Answer);
            ResponseCodec.TryReadError(mutant, out _);
            ResponseCodec.TryRead((RaftRpc)exchange.Request[0], mutant, out _);
        }
    }

    [Fact]
    public void More_entries_than_anyone_sends_are_refused()
    {
        ArrayBufferWriter<byte> output = new();
        AppendRequest request = new(1, "a", 0, 0, null, 0, 0);
        RequestEncoder.WriteAppendHead(output, RaftWire.EntriesMax + 1);
        for (int i = 0; i <= RaftWire.EntriesMax; i++) output.Write("\u0000"u8);
        RequestEncoder.WriteAppendTail(output, request);
        Assert.False(RequestDecoder.TryRead(RaftRpc.AppendEntries, output.WrittenSpan[1..], out _));
    }

    /// <summary>All messages one after the other, in slices of one byte, and of random lengths: the same requests come out.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Slices_make_no_difference(int slice)
    {
        byte[] stream = [.. Recorded.Exchanges.SelectMany(static exchange => exchange.Request)];
        Pipe pipe = new(new PipeOptions(minimumSegmentSize: Math.Min(slice, 256), useSynchronizationContext: false));
        RpcMessageReader reader = new(pipe.Reader);
        List<byte[]> values = [];
        int position = 0;
        while (true)
        {
            RpcReadStatus status = reader.Read(RaftWire.AppendBytesMax, out ReadOnlyMemory<byte> value);
            if (status == RpcReadStatus.End) break;
            if (status == RpcReadStatus.Message)
            {
                values.Add(value.ToArray());
                reader.Release();
                continue;
            }

            Assert.Equal(RpcReadStatus.NeedMore, status);
            int count = Math.Min(slice, stream.Length - position);
            if (count == 0) await pipe.Writer.CompleteAsync();
            else await pipe.Writer.WriteAsync(stream.AsMemory(position, count));
            position += count;
            reader.Accept(await pipe.Reader.ReadAsync());
        }

        Assert.Equal(2 * Recorded.Exchanges.Count, values.Count);
        for (int i = 0; i < Recorded.Exchanges.Count; i++)
        {
            byte[] request = [.. values[2 * i], .. values[(2 * i) + 1]];
            Assert.Equal(Recorded.Exchanges[i].Request, request);
            Assert.True(RequestDecoder.TryRead((RaftRpc)values[2 * i][0], values[(2 * i) + 1], out _));
        }
    }

    private static byte[] Mutate(Random random, byte[] original)
    {
        byte[] mutant = [.. original];
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            mutant[random.Next(1, mutant.Length)] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)random.Next(0xc0, 0xe0),
                _ => 0xff,
            };
        }

        return random.Next(4) == 0 ? mutant[..random.Next(2, mutant.Length)] : mutant;
    }
}
