using System.Net;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Client;

/// <summary>A server on loopback whose Status.Leader and KVS.Apply answer as the test says.</summary>
internal sealed class ScriptedServer : IProtocolHandlers, IAsyncDisposable
{
    private readonly TimerWheel _timers = new();
    private readonly RpcServer _server;
    private readonly TcpAcceptor _acceptor;
    private int _calls;

    /// <param name="answer">The leader's address, or an error; given the number of the call, from 1.</param>
    public ScriptedServer(string node, Func<int, RpcResult<string>> answer)
    {
        var registry = new RpcRegistry()
            .Add(StatusMethods.Leader.Serve(_ => new(answer(Interlocked.Increment(ref _calls)))))
            .Add(KvsMethods.Apply.Serve(_ => new(Verdict(answer(Interlocked.Increment(ref _calls))))));
        _server = new RpcServer(registry, new RpcServerSettings(), _timers, NullLogger.Instance, NoMetrics.Instance);
        var byMode = new ProtocolSwitch(this, tls: null, _timers, NullLogger.Instance);
        _acceptor = TcpAcceptor.Listen(new IPEndPoint(IPAddress.Loopback, 0), byMode, new ConnectionLimiter(0), NullLogger.Instance);
        Address = new RpcServerAddress("dc1", node, _acceptor.LocalEndPoint, 2);
    }

    public RpcServerAddress Address { get; }

    public int Calls => Volatile.Read(ref _calls);

    public Task OnRpcAsync(TcpConnection connection) => _server.ServeConnectionAsync(connection);

    public Task OnRaftAsync(TcpConnection connection) => Task.CompletedTask;

    public Task OnMultiplexedAsync(TcpConnection connection) => _server.ServeSessionAsync(connection);

    public Task OnSnapshotAsync(TcpConnection connection) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _acceptor.DisposeAsync();
        _timers.Dispose();
    }

    private static RpcResult<bool> Verdict(RpcResult<string> answer) =>
        answer.Error is { } error ? RpcResult<bool>.Fail(error) : RpcResult<bool>.Ok(true);
}
