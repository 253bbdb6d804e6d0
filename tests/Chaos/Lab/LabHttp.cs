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
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = timeout };
        _http = new HttpClient(handler) { Timeout = timeout };
    }

    public string Address { get; }

    public Task<Reply> Get(string path) => Send(HttpMethod.Get, path, null);

    public Task<Reply> Put(string path, string body) => Send(HttpMethod.Put, path, body);

    public Task<Reply> Delete(string path) => Send(HttpMethod.Delete, path, "");

    public void Dispose() => _http.Dispose();

    private async Task<Reply> Send(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, _root + path);
        // A request with a body, even an empty one, is never sent twice by the handler. Without it a deletion whose answer was lost
        // with its connection would be sent again, and look as if it had never left when nobody listens any more.
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
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
