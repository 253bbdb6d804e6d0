using System.Threading.Channels;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Transport;

/// <summary>Takes note of what arrives under which mode, then does what the test says: by default reads to the end.</summary>
internal sealed class RecordingHandlers : IProtocolHandlers
{
    private readonly Channel<(ProtocolMode, TcpConnection)> _seen = Channel.CreateUnbounded<(ProtocolMode, TcpConnection)>();

    public Func<TcpConnection, Task> Serve { get; set; } = ReadToEndAsync;

    public int Count => _seen.Reader.Count;

    public static async Task ReadToEndAsync(TcpConnection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }

    public async Task<(ProtocolMode Mode, TcpConnection Connection)> NextAsync() =>
        await _seen.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Limit);

    public Task OnRpcAsync(TcpConnection connection) => Take(ProtocolMode.Rpc, connection);

    public Task OnRaftAsync(TcpConnection connection) => Take(ProtocolMode.Raft, connection);

    public Task OnMultiplexedAsync(TcpConnection connection) => Take(ProtocolMode.Multiplexed, connection);

    public Task OnSnapshotAsync(TcpConnection connection) => Take(ProtocolMode.Snapshot, connection);

    public Task OnGrpcAsync(TcpConnection connection) => Take(ProtocolMode.Grpc, connection);

    public Task OnInsecureRpcAsync(TcpConnection connection) => Take(ProtocolMode.TlsInsecure, connection);

    private Task Take(ProtocolMode mode, TcpConnection connection)
    {
        _seen.Writer.TryWrite((mode, connection));
        return Serve(connection);
    }
}
