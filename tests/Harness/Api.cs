using System.Net.Sockets;
using System.Text;

namespace Consul.Fast.Tests.Harness;

/// <summary>Plain HTTP to one agent; addresses are sent as they are written.</summary>
internal sealed class Api : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _root;

    public Api(string root, string? socketPath = null)
    {
        _root = root;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (socketPath is not null) handler.ConnectCallback = (_, cancellation) => ConnectAsync(socketPath, cancellation);
        _http = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(2) };
    }

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    public Task<Answer> Put(string path, string body = "") => Send(HttpMethod.Put, path, Encoding.UTF8.GetBytes(body));

    public Task<Answer> Put(string path, byte[] body) => Send(HttpMethod.Put, path, body);

    public Task<Answer> Delete(string path) => Send(HttpMethod.Delete, path);

    public Task<Answer> Send(HttpMethod method, string path, byte[]? body = null) =>
        Send(method, path, body is null ? null : new ByteArrayContent(body));

    public async Task<Answer> Send(HttpMethod method, string path, HttpContent? content)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        if (!Uri.TryCreate(_root + path, options, out Uri? address)) throw new ArgumentException($"Not an address: {_root}{path}", nameof(path));
        using var request = new HttpRequestMessage(method, address) { Content = content };
        using HttpResponseMessage response = await _http.SendAsync(request);
        return await Answer.Read(response);
    }

    /// <summary>True when the agent answers and knows a leader.</summary>
    public async Task<bool> HasLeader()
    {
        try
        {
            Answer answer = await Get("/v1/status/leader");
            return answer.Status == 200 && answer.Text.Length > 2;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
