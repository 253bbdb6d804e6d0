using System.Threading.Channels;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>
/// Writes log lines to their outputs on a task of its own, so that a slow terminal or disk never holds up the agent.
/// Lines wait until <see cref="Start"/>; when far too many wait, new ones are dropped and counted.
/// </summary>
internal sealed class LogPump : IAsyncDisposable
{
    private const int Capacity = 16 * 1024;

    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly IReadOnlyList<ILogOutput> _outputs;
    private readonly Func<long, byte[]> _droppedLine;
    private readonly Lock _gate = new();
    private Task? _running;
    private long _dropped;

    /// <param name="droppedLine">Makes the line that tells how many lines were dropped.</param>
    public LogPump(IReadOnlyList<ILogOutput> outputs, Func<long, byte[]> droppedLine)
    {
        _outputs = outputs;
        _droppedLine = droppedLine;
    }

    public void Write(byte[] line)
    {
        if (!_lines.Writer.TryWrite(line)) Interlocked.Increment(ref _dropped);
    }

    /// <summary>Lets the lines out; a second call does nothing.</summary>
    public void Start()
    {
        lock (_gate) _running ??= Task.Run(RunAsync);
    }

    /// <summary>Writes all lines that wait, then closes the outputs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_lines.Writer.TryComplete()) return;
        Start();
        await _running!;
        foreach (ILogOutput output in _outputs) output.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (_lines.Reader.TryRead(out byte[]? line)) WriteToAll(line);
            long dropped = Interlocked.Exchange(ref _dropped, 0);
            if (dropped > 0) WriteToAll(_droppedLine(dropped));
            foreach (ILogOutput output in _outputs) Guard(static output => output.Flush(), output);
        }
    }

    private void WriteToAll(byte[] line)
    {
        foreach (ILogOutput output in _outputs) Guard(_ => output.Write(line), output);
    }

    /// <summary>A full disk or closed terminal must not end the agent; the loss is reported where it can be seen.</summary>
    private static void Guard(Action<ILogOutput> action, ILogOutput output)
    {
        try
        {
            action(output);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"==> cannot write log: {e.Message}");
        }
    }
}
