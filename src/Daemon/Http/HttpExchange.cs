using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Consul.Fast.Daemon.Http;

/// <summary>
/// One request and its answer. Reused for all requests of a connection and valid only while its handler runs; one thread
/// at a time. Everything that a plain request does not need is made on demand.
/// </summary>
internal sealed partial class HttpExchange
{
    /// <summary>The target of an OPTIONS request about the server as a whole.</summary>
    private const string AnyPath = "*";

    private readonly QueryParameters _query = new();
    private readonly PooledBuffer _body = new();

    private IFeatureCollection _features = null!;
    private IHttpRequestFeature _request = null!;
    private IHttpResponseFeature _response = null!;
    private HttpOptions _options = null!;
    private Route? _route;

    // The raw target and where its path lies in it.
    private string _target = "";
    private int _pathStart;
    private int _pathEnd;

    // Set when the path is not its own decoded form: its decoded bytes, and the same with one character per byte.
    private byte[]? _decoded;
    private string? _decodedLatin1;

    // The argument of a plain path, as bytes; rented.
    private byte[]? _argumentBytes;

    public string Method => _request.Method;

    /// <summary>Headers of the request.</summary>
    public IHeaderDictionary RequestHeaders => _request.Headers;

    /// <summary>Headers of the answer.</summary>
    public IHeaderDictionary Headers => _response.Headers;

    public HttpOptions Options => _options;

    /// <summary>The target as sent, for logs.</summary>
    public string RawTarget => _target;

    /// <summary>The decoded path.</summary>
    public string Path => _decoded is null ? _target[_pathStart.._pathEnd] : Encoding.UTF8.GetString(_decoded);

    /// <summary>What a prefix pattern left over, decoded; empty for an exact one.</summary>
    public string Argument => _decoded is null
        ? _target[ArgumentStart.._pathEnd]
        : Encoding.UTF8.GetString(_decoded.AsSpan(_route!.Pattern.Length));

    /// <summary>The same as raw bytes.</summary>
    public ReadOnlyMemory<byte> ArgumentBytes
    {
        get
        {
            if (_decoded is not null) return _decoded.AsMemory(_route!.Pattern.Length);
            int length = _pathEnd - ArgumentStart;
            if (length == 0) return default;
            if (_argumentBytes is null)
            {
                _argumentBytes = ArrayPool<byte>.Shared.Rent(length);
                Encoding.ASCII.GetBytes(_target.AsSpan(ArgumentStart, length), _argumentBytes);
            }

            return _argumentBytes.AsMemory(0, length);
        }
    }

    /// <summary>True when the path below a prefix pattern is empty.</summary>
    public bool ArgumentIsEmpty => (_decoded is null ? _pathEnd - _pathStart : _decoded.Length) == _route!.Pattern.Length;

    public QueryParameters Query => _query;

    /// <summary>Fires when the client goes away. Asking for it costs an allocation, so only handlers that wait do.</summary>
    public CancellationToken Aborted => _features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;

    /// <summary>Address of the client, or <c>@</c> for a Unix socket.</summary>
    public string RemoteIp => RemoteAddress is { } address ? address.ToString() : "@";

    /// <summary>Null for a Unix socket.</summary>
    public IPAddress? RemoteAddress
    {
        get
        {
            IPAddress? address = _features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
            return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        }
    }

    /// <summary>The client as <c>ip:port</c>, for logs.</summary>
    public string RemoteEndPoint => RemoteAddress is { } address
        ? new IPEndPoint(address, _features.Get<IHttpConnectionFeature>()!.RemotePort).ToString()
        : "@";

    /// <summary>Declared length of the body; null for a chunked one or none.</summary>
    public long? ContentLength => _request.Headers.ContentLength;

    public PipeReader BodyReader => _features.Get<IRequestBodyPipeFeature>()!.Reader;

    public Stream BodyStream => _request.Body;

    private int ArgumentStart => _pathStart + _route!.Pattern.Length;

    private ReadOnlySpan<char> PathChars => _decodedLatin1 ?? _target.AsSpan(_pathStart, _pathEnd - _pathStart);

    /// <summary>Starts with the next request of the connection.</summary>
    internal void Begin(IFeatureCollection features, HttpOptions options)
    {
        _features = features;
        _request = features.Get<IHttpRequestFeature>()!;
        _response = features.Get<IHttpResponseFeature>()!;
        _options = options;
        _target = _request.RawTarget;
        FindPath();
    }

    /// <summary>Forgets the request and gives its memory back; the connection may now be idle for hours.</summary>
    internal void End()
    {
        _query.Clear();
        _body.Clear();
        if (_argumentBytes is not null) ArrayPool<byte>.Shared.Return(_argumentBytes);
        _argumentBytes = null;
        _decoded = null;
        _decodedLatin1 = null;
        _route = null;
        _target = "";
        _features = null!;
        _request = null!;
        _response = null!;
        ResetAnswer();
    }

    private void FindPath()
    {
        _pathStart = 0;
        if (!_target.StartsWith('/'))
        {
            // Absolute form: scheme, authority, path.
            int authority = _target.IndexOf("://", StringComparison.Ordinal);
            int slash = authority < 0 ? -1 : _target.IndexOf('/', authority + 3);
            if (slash < 0 && _target != AnyPath) _target = "/";
            _pathStart = Math.Max(slash, 0);
        }

        int question = _target.IndexOf('?', _pathStart);
        _pathEnd = question < 0 ? _target.Length : question;
    }
}
