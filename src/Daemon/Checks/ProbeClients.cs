using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Consul.Fast.Daemon.Checks;

/// <summary>
/// The HTTP handlers that checks send through: one per distinct TLS and redirect setting, not one per check. Connections
/// are never kept between runs, as each run must prove that a new one can be made. Thread safe.
/// </summary>
/// <param name="dockerHost">Where the Docker engine listens, in the form of <c>DOCKER_HOST</c>; null for the default.</param>
internal sealed class ProbeClients(string? dockerHost) : IDisposable
{
    private readonly Dictionary<ProbeClientKey, HttpMessageInvoker> _clients = [];
    private readonly Lock _gate = new();
    private readonly Lazy<HttpMessageInvoker> _docker = new(() => DockerHost.CreateClient(dockerHost));

    /// <summary>The way to the Docker engine; the host of a request is ignored.</summary>
    public HttpMessageInvoker Docker => _docker.Value;

    public HttpMessageInvoker Get(ProbeClientKey key)
    {
        lock (_gate)
        {
            if (!_clients.TryGetValue(key, out HttpMessageInvoker? client)) _clients[key] = client = Create(key);
            return client;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (HttpMessageInvoker client in _clients.Values) client.Dispose();
            _clients.Clear();
            if (_docker.IsValueCreated) _docker.Value.Dispose();
        }
    }

    /// <summary>TLS settings of a check that names a server or trusts anybody.</summary>
    public static SslClientAuthenticationOptions TlsOptions(string serverName, bool skipVerify)
    {
        var options = new SslClientAuthenticationOptions();
        if (serverName.Length > 0) options.TargetHost = serverName;
#pragma warning disable CA5359 // The operator asked for exactly this, check by check.
        if (skipVerify) options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        return options;
    }

    private static HttpMessageInvoker Create(ProbeClientKey key)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = key.FollowRedirects,
            MaxAutomaticRedirections = 10,
            AutomaticDecompression = DecompressionMethods.GZip,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            SslOptions = TlsOptions(key.TlsServerName, key.TlsSkipVerify),
            ConnectCallback = static (context, deadline) => ConnectAsync(context.DnsEndPoint, deadline),
        };
        if (key.UseProxy) handler.Proxy = new RemoteOnlyProxy(HttpClient.DefaultProxy);
        else handler.UseProxy = false;
        return new HttpMessageInvoker(handler);
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken deadline)
    {
        Socket socket = await Dialer.ConnectAsync(target.Host, target.Port, deadline).ConfigureAwait(false);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>The proxy of the environment, never used for this host itself.</summary>
    private sealed class RemoteOnlyProxy(IWebProxy inner) : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => inner.Credentials;
            set => inner.Credentials = value;
        }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : inner.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.IsLoopback || inner.IsBypassed(host);
    }
}

internal readonly record struct ProbeClientKey(string TlsServerName, bool TlsSkipVerify, bool FollowRedirects, bool UseProxy);
