using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>Passing on any 2xx answer, warning on 429, critical on everything else.</summary>
internal sealed class HttpCheck : PeriodicCheck
{
    private readonly HttpMessageInvoker _client;
    private readonly Uri? _url;
    private readonly string _method;

    public HttpCheck(CheckEnvironment environment, CheckDefinition type)
        : base(environment, type, TimeSpan.FromSeconds(10))
    {
        _client = environment.Clients.Get(new(type.TlsServerName, type.TlsSkipVerify, !type.DisableRedirects, UseProxy: true));
        _method = type.Method.Length > 0 ? type.Method : "GET";
        _ = Uri.TryCreate(type.Http, UriKind.Absolute, out _url);
    }

    protected override async Task ProbeAsync(CancellationToken deadline)
    {
        if (_url is null || (_url.Scheme != Uri.UriSchemeHttp && _url.Scheme != Uri.UriSchemeHttps))
        {
            Publish(CheckStatus.Critical, $"{Verb()} \"{Type.Http}\": unsupported protocol scheme \"{_url?.Scheme}\"");
            return;
        }

        try
        {
            using HttpRequestMessage request = CreateRequest(_url);
            using HttpResponseMessage response = await _client.SendAsync(request, deadline).ConfigureAwait(false);
            string body = await ReadTailAsync(response, deadline).ConfigureAwait(false);
            int code = (int)response.StatusCode;
            string status = code is >= 200 and < 300 ? CheckStatus.Passing : code == 429 ? CheckStatus.Warning : CheckStatus.Critical;
            Publish(status, $"HTTP {_method} {Type.Http}: {code} {response.ReasonPhrase} Output: {body}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException or FormatException)
        {
            string text = $"{Verb()} \"{Type.Http}\": {Reason(fault, deadline)}";
            Environment.Logger.HttpRequestFailed(Type.Id, text);
            Publish(CheckStatus.Critical, text);
        }
    }

    private HttpRequestMessage CreateRequest(Uri url)
    {
        var request = new HttpRequestMessage(new HttpMethod(_method), url);
        request.Headers.ConnectionClose = true;
        if (Type.Body.Length > 0) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Type.Body));
        bool agentNamed = false, acceptNamed = false;
        foreach ((string name, IReadOnlyList<string>? values) in Type.Header ?? SortedMap<IReadOnlyList<string>?>.Empty)
        {
            if (values is not { Count: > 0 }) continue;
            agentNamed |= name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase);
            acceptNamed |= name.Equals("Accept", StringComparison.OrdinalIgnoreCase);
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase)) request.Headers.Host = values[0];
            else if (!request.Headers.TryAddWithoutValidation(name, values)) AddContentHeader(request, name, values);
        }

        if (!agentNamed) request.Headers.TryAddWithoutValidation("User-Agent", "Consul Health Check");
        if (!acceptNamed) request.Headers.TryAddWithoutValidation("Accept", "text/plain, text/*, */*");
        return request;
    }

    private static void AddContentHeader(HttpRequestMessage request, string name, IReadOnlyList<string> values)
    {
        request.Content ??= new ByteArrayContent([]);
        HttpContentHeaders headers = request.Content.Headers;
        headers.Remove(name);
        headers.TryAddWithoutValidation(name, values);
    }

    private async Task<string> ReadTailAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        var tail = new TailBuffer(OutputMaxSize);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            using Stream body = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
            int read;
            while ((read = await body.ReadAsync(buffer, deadline).ConfigureAwait(false)) > 0) tail.Write(buffer.AsSpan(0, read));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException or InvalidDataException)
        {
            // The status line has already decided; what came of the body is shown.
            Environment.Logger.HttpBodyFailed(Type.Id, fault.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return tail.ToString();
    }

    private static string Reason(Exception fault, CancellationToken deadline)
    {
        return deadline.IsCancellationRequested
            ? "context deadline exceeded (Client.Timeout exceeded while awaiting headers)" : InnermostReason(fault);
    }

    /// <summary>What really went wrong below the layers that report it.</summary>
    internal static string InnermostReason(Exception fault)
    {
        string reason = fault.Message;
        for (Exception? inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is DialException) return inner.Message;
            reason = inner.Message;
        }

        return reason;
    }

    /// <summary>The method as error texts show it: <c>Get</c>, <c>Post</c>.</summary>
    private string Verb() => _method.Length == 0 ? _method : char.ToUpperInvariant(_method[0]) + _method[1..].ToLowerInvariant();
}
