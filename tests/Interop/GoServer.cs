using System.Diagnostics;
using System.Globalization;
using System.Net;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>A running <c>Go/rpcserver</c>. Disposing ends the process, whatever happened.</summary>
internal sealed class GoServer : IDisposable
{
    private readonly Process _process;
    private readonly ProcessOutput _output;

    private GoServer(Process process)
    {
        _process = process;
        _output = new ProcessOutput(process);
    }

    public RpcServerAddress Address { get; private set; } = null!;

    /// <param name="port">Where to listen; 0 for any port.</param>
    public static async Task<GoServer> StartAsync(int port = 0)
    {
        var server = new GoServer(GoPrograms.Start("rpcserver", port.ToString(CultureInfo.InvariantCulture)));
        try
        {
            await Until.True(server.TryReadPort, "the port of the Go server");
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>How often the server has told of an event: <c>stream opened</c>, <c>connection closed</c> and so on.</summary>
    public int Count(string line) => _output.Text.Split('\n').Count(each => each == line);

    public Task Reached(string line, int count) => Until.True(() => Count(line) == count, $"{count} times \"{line}\"");

    /// <summary>kill -9, and the end of the process.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit(TimeSpan.FromSeconds(5));
        _process.Dispose();
    }

    private bool TryReadPort()
    {
        if (_process.HasExited) throw new InvalidOperationException($"The Go server ended.\n{_output.Text}");
        string text = _output.Text;
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0) return false;
        int port = int.Parse(text.AsSpan(0, end), CultureInfo.InvariantCulture);
        Address = new RpcServerAddress("dc1", "go", new IPEndPoint(IPAddress.Loopback, port), ProtocolVersion: 2);
        return true;
    }
}
