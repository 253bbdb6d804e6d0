using System.Net;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Consul.Fast.Daemon.Http;

/// <summary>The HTTP interface of an agent: Kestrel without host, container or middleware.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    /// <summary>What a request head may have beyond the configured limit.</summary>
    private const int HeaderSlop = 4096;

    private const int DefaultHeaderBytes = 1024 * 1024;

    /// <summary>A body up to this size is taken from the socket before its handler asks for it.</summary>
    private const int BodyReadAheadBytes = 2 * 1024 * 1024;

    private const int Backlog = 4096;

    /// <summary>
    /// Clients may hold connections as long as they like. The server's own "infinite" overflows when it becomes a number of
    /// nanoseconds and closes every connection at the next tick, so this is a time that merely never comes.
    /// </summary>
    private static readonly TimeSpan NoTimeout = TimeSpan.FromDays(3650);

    private readonly HttpOptions _options;
    private readonly HttpApplication _application;
    private readonly HttpConnectionLimiter _limiter;
    private readonly ILogger _logger;
    private readonly KestrelServer _server;
    private readonly List<ListenOptions> _listeners = [];

    public HttpServer(RouteTable routes, HttpOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _application = new HttpApplication(routes, options, logger);
        _limiter = new HttpConnectionLimiter(options.MaxConnectionsPerClient);
        var transport = new SocketTransportOptions
        {
            // Handlers never block, so the thread that finds a socket ready may as well run the request.
            UnsafePreferInlineScheduling = true,
            // Thousands of waiting queries: a connection without data holds no buffer.
            WaitForDataBeforeAllocatingBuffer = true,
            NoDelay = true,
            Backlog = Backlog,
        };
        _server = new KestrelServer(
            Options.Create(ServerOptions()),
            new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
    }

    /// <summary>Addresses that are listened on, with the ports that port 0 became. Empty before the start.</summary>
    public IReadOnlyList<EndPoint> EndPoints => [.. _listeners.Select(static l => l.EndPoint)];

    /// <summary>
    /// Makes sockets complete where they become ready instead of on the thread pool. Must run before the first socket of
    /// the process; the runtime reads it once.
    /// </summary>
    public static void PreferInlineCompletions()
    {
        const string Name = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
        if (Environment.GetEnvironmentVariable(Name) is null) Environment.SetEnvironmentVariable(Name, "1");
    }

    /// <summary>Opens all listeners.</summary>
    /// <exception cref="IOException">An address cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        foreach (HttpListenAddress listener in _options.Listeners)
        {
            if (listener.UnixPath is not { } path || !File.Exists(path)) continue;
            HttpLog.ReplacingSocket(_logger, path);
            File.Delete(path);
        }

        await _server.StartAsync(_application, cancellation);
        foreach (HttpListenAddress listener in _options.Listeners)
        {
            if (listener.UnixPath is not null) UnixSocketFile.Apply(listener);
        }

        foreach (ListenOptions listener in _listeners)
            HttpLog.Started(_logger, listener.SocketPath ?? listener.IPEndPoint!.ToString(), listener.SocketPath is null ? "tcp" : "unix");
    }

    /// <summary>Applies what may change while running; listeners and header limits stay.</summary>
    public void Reload(HttpOptions options)
    {
        _limiter.Limit = options.MaxConnectionsPerClient;
        _application.Options = options;
    }

    /// <summary>Closes the listeners, waits for running requests until <paramref name="cancellation"/>, then drops them.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        HttpLog.Stopping(_logger);
        await _server.StopAsync(cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return default;
    }

    private KestrelServerOptions ServerOptions()
    {
        int head = (_options.MaxHeaderBytes > 0 ? _options.MaxHeaderBytes : DefaultHeaderBytes) + HeaderSlop;
        var server = new KestrelServerOptions { AddServerHeader = false, AllowHostHeaderOverride = true };
        // The default takes ASCII alone and drops the connection over anything else.
        server.ResponseHeaderEncodingSelector = static _ => Encoding.UTF8;
        server.Limits.MaxRequestHeadersTotalSize = head;
        server.Limits.MaxRequestLineSize = head;
        server.Limits.MaxRequestHeaderCount = head / 4;
        server.Limits.MaxRequestBufferSize = Math.Max(head, BodyReadAheadBytes);
        server.Limits.MaxRequestBodySize = null;
        server.Limits.MinRequestBodyDataRate = null;
        server.Limits.MinResponseDataRate = null;
        server.Limits.KeepAliveTimeout = NoTimeout;
        server.Limits.RequestHeadersTimeout = NoTimeout;
        foreach (HttpListenAddress listener in _options.Listeners)
        {
            if (listener.UnixPath is { } path) server.ListenUnixSocket(path, Configure);
            else server.Listen(listener.EndPoint!, Configure);
        }

        return server;
    }

    private void Configure(ListenOptions listener)
    {
        listener.Protocols = HttpProtocols.Http1;
        listener.Use(next => connection => _limiter.OnConnectionAsync(connection, next));
        _listeners.Add(listener);
    }
}
