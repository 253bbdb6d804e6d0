using System.Net.Sockets;
using System.Text;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Chaos.Tests.Lab;

/// <summary>
/// HTTP to a server that may be dead, stopped or cut off: whatever happens is an outcome, and none takes longer than the
/// time-out. Thread safe.
/// </summary>
internal sealed class LabHttp : IDisposable
{
    public const int Port = 8500;
    private readonly string _root;
    private readonly HttpClient _http;

    public LabHttp(string address, TimeSpan timeout)
    {
        Address = address;
        _root = $"http://{address}:{Port}";
        // A request with a body is never sent twice by this handler, which would make one write look like two.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = timeout };
        _http = new HttpClient(handler) { Timeout = timeout };
    }

    public string Address { get; }

    public Task<Reply> Get(string path) => Send(HttpMethod.Get, path, null);

    public Task<Reply> Put(string path, string body) => Send(HttpMethod.Put, path, body);

    public Task<Reply> Delete(string path) => Send(HttpMethod.Delete, path, null);

    public void Dispose() => _http.Dispose();

    private async Task<Reply> Send(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, _root + path);
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        // Deletions have no body; a connection of their own keeps them from being sent twice as well.
        else if (method == HttpMethod.Delete) request.Headers.ConnectionClose = true;
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request);
            return new Reply(ReplyKind.Answered, await Answer.Read(response), "");
        }
        catch (HttpRequestException fault)
        {
            bool refused = fault.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
            return new Reply(refused ? ReplyKind.NotSent : ReplyKind.Lost, null, fault.Message);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            return new Reply(ReplyKind.Lost, null, fault.Message);
        }
    }
}
