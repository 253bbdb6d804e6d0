namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>A place log lines are written to, by one thread at a time.</summary>
internal interface ILogOutput : IDisposable
{
    /// <summary>Writes one whole line with its newline.</summary>
    void Write(ReadOnlySpan<byte> line);

    /// <summary>Called when no more lines wait.</summary>
    void Flush();
}

/// <summary>Writes to a stream such as standard output.</summary>
internal sealed class StreamLogOutput(Stream stream) : ILogOutput
{
    private readonly BufferedStream _buffer = new(stream, 32 * 1024);

    public void Write(ReadOnlySpan<byte> line) => _buffer.Write(line);

    public void Flush() => _buffer.Flush();

    public void Dispose() => _buffer.Flush();
}
