using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Consul.Fast.Daemon.Checks;

namespace Consul.Fast.Daemon.Cli.Client;

/// <summary>
/// HTTP to one agent, over TCP, TLS or a Unix socket. Faults come back in the <see cref="Reply"/>, in the words of
/// Consul's own client; nothing is retried.
/// </summary>
internal sealed class ConsulClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly ClientSettings _settings;
    private readonly AgentAddress _address;
    private readonly string _token;

    private ConsulClient(ClientSettings settings, SocketsHttpHandler handler, AgentAddress address, string token)
    {
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _settings = settings;
        _address = address;
        _token = token;
    }

    /// <summary>Prepares a client; no connection is made yet. False with the text of the fault in the settings.</summary>
    public static bool TryCreate(ClientSettings settings, out ConsulClient? client, out string error)
    {
        client = null;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (!ClientTls.TryApply(settings, handler.SslOptions, out error)
            || !AgentAddress.TryRead(settings, out AgentAddress address, out error)
            || !TryReadToken(settings, out string token, out error))
        {
            handler.Dispose();
            return false;
        }

        handler.ConnectCallback = address.SocketPath is { } path
            ? (_, cancellation) => ConnectAsync(path, cancellation)
            : (call, cancellation) => ConnectAsync(address.Dialled(call.DnsEndPoint.Host, call.DnsEndPoint.Port), cancellation);
        client = new ConsulClient(settings, handler, address, token);
        return true;
    }

    /// <param name="path">An escaped path: <c>/v1/…</c>.</param>
    public Task<Reply> GetAsync(string path, QueryText? query = null) => SendAsync(HttpMethod.Get, path, query);

    public Task<Reply> PutAsync(string path, QueryText? query = null, HttpContent? body = null) =>
        SendAsync(HttpMethod.Put, path, query, body);

    public Task<Reply> DeleteAsync(string path, QueryText query) => SendAsync(HttpMethod.Delete, path, query);

    public async Task<Reply> SendAsync(HttpMethod method, string path, QueryText? query, HttpContent? body = null)
    {
        using HttpRequestMessage request = Request(method, path, query ?? new QueryText(), body);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request);
            return Reply.Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync());
        }
        catch (HttpRequestException fault)
        {
            return Reply.Unreachable(Describe(request, fault));
        }
    }

    /// <summary>
    /// Streams an answer of status 200 to <paramref name="consume"/>; other answers become the reply's error. What
    /// <paramref name="consume"/> throws passes through.
    /// </summary>
    public async Task<Reply> StreamAsync(string path, QueryText query, Func<HttpResponseMessage, Task> consume)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, path, query, null);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            int status = (int)response.StatusCode;
            if (status != 200) return Reply.Answer(status, await response.Content.ReadAsByteArrayAsync());
            await consume(response);
            return Reply.Answer(200, []);
        }
        catch (HttpRequestException fault)
        {
            return Reply.Unreachable(Describe(request, fault));
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path, QueryText query, HttpContent? body)
    {
        query.AddIf(_settings.Datacenter.Length > 0, "dc", _settings.Datacenter);
        query.AddIf(_settings.Namespace.Length > 0, "ns", _settings.Namespace);
        var request = new HttpRequestMessage(method, _address.UriOf($"{path}{query}")) { Content = body };
        if (_token.Length > 0) request.Headers.TryAddWithoutValidation("X-Consul-Token", _token);
        if (_settings.BasicAuth.Length > 0)
        {
            string pair = _settings.BasicAuth.Contains(':', StringComparison.Ordinal) ? _settings.BasicAuth : _settings.BasicAuth + ":";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        return request;
    }

    private string Describe(HttpRequestMessage request, HttpRequestException fault)
    {
        string verb = request.Method.Method[..1] + request.Method.Method[1..].ToLowerInvariant();
        string reason = fault.InnerException switch
        {
            _ when fault.HttpRequestError == HttpRequestError.ResponseEnded => "EOF",
            SocketException socket when _address.SocketPath is { } path => GoErrors.Dial("unix", path, socket),
            { } inner => inner.Message,
            null => fault.Message,
        };
        return $"{verb} \"{_address.Show(request.RequestUri!.PathAndQuery)}\": {reason}";
    }

    private static bool TryReadToken(ClientSettings settings, out string token, out string error)
    {
        token = settings.Token;
        error = "";
        if (settings.TokenFile.Length == 0) return true;
        try
        {
            string content = File.ReadAllText(settings.TokenFile).Trim();
            if (content.Length > 0) token = content;
            return true;
        }
        catch (Exception fault) when (GoErrors.IsFileFault(fault))
        {
            error = "Error loading token file: " + GoErrors.File("open", settings.TokenFile, fault);
            return false;
        }
    }

    private static async ValueTask<Stream> ConnectAsync((string Host, string Port) target, CancellationToken cancellation)
    {
        if (!ushort.TryParse(target.Port, out ushort port)) throw new DialException($"dial tcp: address {target.Port}: invalid port");
        return new NetworkStream(await Dialer.ConnectAsync(target.Host, port, cancellation), ownsSocket: true);
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
