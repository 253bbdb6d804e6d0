using System.IO.Pipelines;
using Consul.Fast.Net.Tests.Transport;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>A stream of a server under test, driven by hand from the caller's end.</summary>
internal sealed class ServedStream
{
    private readonly MemoryRpcStream _caller;

    public ServedStream(ServerUnderTest server)
    {
        (_caller, Stream) = MemoryRpcStream.Create();
        Served = server.Server.ServeAsync(Stream, ServerUnderTest.Remote);
    }

    /// <summary>The server's end.</summary>
    public MemoryRpcStream Stream { get; }

    /// <summary>Completes when the server has done with the stream.</summary>
    public Task Served { get; }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _caller.Output.WriteAsync(bytes);

    /// <summary>Ends the caller's direction.</summary>
    public void Close() => _caller.Close();

    public void Reset() => _caller.Reset();

    /// <summary>Takes exactly so many bytes.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        ReadResult result = await _caller.Input.ReadAtLeastAsync(count).AsTask().WaitAsync(Eventually.Limit);
        Assert.True(result.Buffer.Length >= count, $"{result.Buffer.Length} bytes, then the end");
        byte[] bytes = new byte[count];
        System.Buffers.BuffersExtensions.CopyTo(result.Buffer.Slice(0, count), bytes);
        _caller.Input.AdvanceTo(result.Buffer.GetPosition(count));
        return bytes;
    }

    public async Task ExpectAsync(byte[] bytes) =>
        Assert.Equal(Convert.ToHexStringLower(bytes), Convert.ToHexStringLower(await ReceiveAsync(bytes.Length)));

    /// <summary>Waits for the server to end the stream; nothing may come before.</summary>
    public async Task ExpectEndAsync()
    {
        await Served.InTimeAsync();
        ReadResult result = await _caller.Input.ReadAsync().AsTask().WaitAsync(Eventually.Limit);
        Assert.True(result.IsCompleted);
        Assert.Equal(0, result.Buffer.Length);
        _caller.Input.AdvanceTo(result.Buffer.End);
        Assert.True(Stream.IsReleased);
    }

    /// <summary>True when nothing waits to be received now.</summary>
    public bool IsSilent()
    {
        if (!_caller.Input.TryRead(out ReadResult result)) return true;
        _caller.Input.AdvanceTo(result.Buffer.Start);
        return result.Buffer.IsEmpty;
    }
}
