using System.IO.Pipelines;
using Consul.Fast.Gossip.Wire.Streams;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Gossip.Transport;

/// <summary>Moves one message over a connection. The caller sets the time-out and catches the loss.</summary>
internal static class StreamTransfer
{
    /// <summary>Reads until the message is complete or cannot become so any more.</summary>
    public static async Task<StreamStatus> ReadAsync(TcpConnection connection, StreamMessageReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult read = await connection.Input.ReadAsync(cancellation);
            StreamStatus status = reader.Append(read.Buffer);
            connection.Input.AdvanceTo(read.Buffer.End);
            if (status != StreamStatus.NeedMore) return status;
            if (read.IsCompleted) return reader.End();
        }
    }
}
