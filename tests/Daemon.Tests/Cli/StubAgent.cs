using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Consul.Fast.Daemon.Tests.Cli;

/// <summary>An HTTP server with prepared answers, and a record of what it was asked.</summary>
internal sealed class StubAgent : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, (int Status, string Body)> _answers = [];

    public StubAgent()
    {
        using (var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Address = $"127.0.0.1:{((IPEndPoint)probe.LocalEndPoint!).Port}";
        }

        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary><c>PUT /v1/kv/k?flags=1 body</c>, in order.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The answer to what has none prepared.</summary>
    public (int Status, string Body) Otherwise { get; init; } = (404, "");

    public StubAgent Answer(string call, string body, int status = 200)
    {
        _answers[call] = (status, body);
        return this;
    }

    public Task<CliRun> Run(params string[] args) => CliRun.Of(args, new() { ["CONSUL_HTTP_ADDR"] = Address });

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                string call = $"{context.Request.HttpMethod} {context.Request.RawUrl}";
                using var reader = new StreamReader(context.Request.InputStream);
                Requests.Add($"{call} {await reader.ReadToEndAsync()}".TrimEnd());
                (int status, string body) = _answers.GetValueOrDefault(call, Otherwise);
                context.Response.StatusCode = status;
                context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
