using System.Buffers;
using System.IO.Pipelines;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Rpc;

namespace Consul.Fast.Net.Tests.Rpc;

public sealed class RpcMessageReaderTests
{
    private const long NoLimit = long.MaxValue;

    [Fact]
    public async Task Values_in_one_piece_are_given_out_where_they_lie()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[] { 0x82, 0xa1, 0x61, 0x01, 0xa1, 0x62, 0x02, 0xa3, 0x61, 0x62, 0x63 });
        var reader = new RpcMessageReader(pipe.Reader);
        ReadResult result = await pipe.Reader.ReadAsync();
        reader.Accept(result);
        Assert.Equal(RpcReadStatus.Message, reader.Read(NoLimit, out ReadOnlyMemory<byte> first));
        Assert.True(first.Span == result.Buffer.FirstSpan[..7]);
        reader.Release();
        Assert.Equal(RpcReadStatus.Message, reader.Read(NoLimit, out ReadOnlyMemory<byte> second));
        Assert.True(second.Span == result.Buffer.FirstSpan[7..]);
        reader.Release();
        Assert.Equal(RpcReadStatus.NeedMore, reader.Read(NoLimit, out _));
        Assert.False(pipe.Reader.TryRead(out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4096)]
    public async Task Values_of_any_size_come_whole_through_a_pipe_that_holds_little(int segment)
    {
        var options = new PipeOptions(new SmallBlocks(segment), pauseWriterThreshold: 64, resumeWriterThreshold: 32, minimumSegmentSize: 1);
        var pipe = new Pipe(options);
        int[] sizes = [0, 1, 31, 32, 200, 5000, 300_000, 2];
        Task write = WriteAllAsync(pipe.Writer, sizes);
        var reader = new RpcMessageReader(pipe.Reader);
        foreach (int size in sizes)
        {
            ReadOnlyMemory<byte> message = await ReadAsync(reader, pipe.Reader);
            Assert.Equal(Payload(size), new MsgPackReader(message.Span).ReadBytesInPlace(out _).ToArray());
            reader.Release();
        }

        await write;
        Assert.Equal(RpcReadStatus.End, await StatusAsync(reader, pipe.Reader, NoLimit));
    }

    [Fact]
    public async Task The_end_inside_a_value_is_not_an_end()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[] { 0xa3, 0x61 });
        await pipe.Writer.CompleteAsync();
        Assert.Equal(RpcReadStatus.Truncated, await StatusAsync(new RpcMessageReader(pipe.Reader), pipe.Reader, NoLimit));
    }

    [Theory]
    [InlineData("c1")]
    [InlineData("92c1")]
    public async Task What_is_no_msgpack_is_refused(string hex)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Convert.FromHexString(hex));
        Assert.Equal(RpcReadStatus.Malformed, await StatusAsync(new RpcMessageReader(pipe.Reader), pipe.Reader, NoLimit));
    }

    [Fact]
    public async Task A_value_above_the_limit_is_refused_before_it_has_come()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[] { 0xdb, 0x00, 0x10, 0x00, 0x00, 0x00 });
        Assert.Equal(RpcReadStatus.TooLarge, await StatusAsync(new RpcMessageReader(pipe.Reader), pipe.Reader, 1000));
    }

    [Fact]
    public async Task A_lie_about_a_length_reserves_little()
    {
        var pipe = new Pipe();
        var reader = new RpcMessageReader(pipe.Reader);
        await pipe.Writer.WriteAsync(new byte[] { 0xdb, 0x3f, 0xff, 0xff, 0x00, 0x00 });
        reader.Accept(await pipe.Reader.ReadAsync());
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(RpcReadStatus.NeedMore, reader.Read(1L << 30, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        reader.Close();
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(RpcMessageReader reader, PipeReader input)
    {
        ReadOnlyMemory<byte> message;
        RpcReadStatus status;
        while ((status = reader.Read(NoLimit, out message)) == RpcReadStatus.NeedMore) reader.Accept(await input.ReadAsync());
        Assert.Equal(RpcReadStatus.Message, status);
        return message;
    }

    private static async Task<RpcReadStatus> StatusAsync(RpcMessageReader reader, PipeReader input, long limit)
    {
        RpcReadStatus status;
        while ((status = reader.Read(limit, out _)) == RpcReadStatus.NeedMore) reader.Accept(await input.ReadAsync());
        return status;
    }

    private static async Task WriteAllAsync(PipeWriter output, int[] sizes)
    {
        foreach (int size in sizes)
        {
            new MsgPackWriter(output).WriteBytes(Payload(size));
            await output.FlushAsync();
        }

        await output.CompleteAsync();
    }

    private static byte[] Payload(int size)
    {
        byte[] payload = new byte[size];
        new Random(size).NextBytes(payload);
        return payload;
    }

    /// <summary>Blocks of exactly one size, so that values lie in many pieces.</summary>
    private sealed class SmallBlocks(int size) : MemoryPool<byte>
    {
        public override int MaxBufferSize => size;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Owner(new byte[Math.Max(size, minBufferSize)]);

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Owner(byte[] bytes) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory => bytes;

            public void Dispose()
            {
            }
        }
    }
}
