using Consul.Fast.Net.Transport;
using Consul.Fast.Storage.Snapshots;

namespace Consul.Fast.Daemon.Client;

/// <summary>The archive that follows the response on a snapshot connection; disposing it closes the connection.</summary>
internal sealed class ArchiveStream(TcpConnection connection) : ForwardStream
{
    private readonly Stream _input = connection.Input.AsStream(leaveOpen: true);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _input.ReadAsync(buffer, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await base.DisposeAsync();
    }
}
