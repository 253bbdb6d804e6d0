using System.Net;
using System.Net.Sockets;
using System.Text;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Http.Areas;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Http;

/// <summary>The real HTTP interface on a free loopback port.</summary>
internal sealed class HttpTestServer : IAsyncDisposable
{
    private readonly HttpServer _server;

    private HttpTestServer(HttpServer server)
    {
        _server = server;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
    }

    public HttpClient Client { get; }

    public HttpServer Server => _server;

    public IPEndPoint EndPoint => (IPEndPoint)_server.EndPoints[0];

    public static async Task<HttpTestServer> StartAsync(
        Action<RouteTable> map, HttpOptions? options = null, ILogger? logger = null)
    {
        var routes = new RouteTable();
        map(routes);
        RootArea.Map(routes);
        options ??= new HttpOptions();
        if (options.Listeners.Count == 0)
            options = options with { Listeners = [new HttpListenAddress { EndPoint = new IPEndPoint(IPAddress.Loopback, 0) }] };
        var server = new HttpServer(routes, options, logger ?? NullLogger.Instance);
        await server.StartAsync();
        var test = new HttpTestServer(server);
        if (server.EndPoints[0] is IPEndPoint endPoint) test.Client.BaseAddress = new Uri($"http://{endPoint}");
        return test;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _server.StopAsync(deadline.Token);
        await _server.DisposeAsync();
    }

    /// <summary>Sends a GET whose path reaches the server exactly as written.</summary>
    public Task<RawAnswer> GetRawAsync(string target, params string[] headers) => SendRawAsync("GET", target, "", headers);

    public Task<RawAnswer> SendRawAsync(string method, string target, string body = "", params string[] headers)
    {
        var request = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
        foreach (string header in headers) request.Append(header).Append("\r\n");
        if (body.Length > 0) request.Append("Content-Length: ").Append(Encoding.UTF8.GetByteCount(body)).Append("\r\n");
        return ExchangeAsync(Encoding.UTF8.GetBytes(request.Append("\r\n").Append(body).ToString()));
    }

    /// <summary>Sends bytes on a new connection and reads until the server closes it.</summary>
    public async Task<RawAnswer> ExchangeAsync(byte[] request)
    {
        using Socket socket = await ConnectAsync();
        await socket.SendAsync(request);
        return RawAnswer.Parse(await ReadToEndAsync(socket));
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint);
        return socket;
    }

    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        try
        {
            while (true)
            {
                int read = await socket.ReceiveAsync(buffer, deadline.Token);
                if (read == 0) return all.ToArray();
                all.Write(buffer, 0, read);
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // A dropped connection ends what came over it as well.
            return all.ToArray();
        }
    }
}

/// <summary>One answer as it came over the wire.</summary>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    public static RawAnswer Parse(byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        if (text.Length == 0) return new RawAnswer(0, "", "");
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return new RawAnswer(int.Parse(text.AsSpan(9, 3)), text[..end], text[(end + 4)..]);
    }

    public string? Header(string name)
    {
        foreach (string line in Head.Split("\r\n"))
        {
            if (line.StartsWith(name + ": ", StringComparison.Ordinal)) return line[(name.Length + 2)..];
        }

        return null;
    }
}
