using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text;
using Consul.Fast.Daemon.Http;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Consul.Fast.Daemon.Tests.Http;

/// <summary>A connection without a socket: what the server would hand to the application, counting nothing but our own work.</summary>
internal sealed class InMemoryFeatures : IFeatureCollection, IHttpRequestFeature, IHttpResponseFeature, IHttpResponseBodyFeature, IHostContextContainer<HttpExchange>
{
    private readonly StubHeaders _requestHeaders = new();
    private readonly StubHeaders _responseHeaders = new();
    private readonly StubWriter _writer = new();

    public string Target { get; set; } = "/";

    public string Answer => Encoding.UTF8.GetString(_writer.Written);

    public int AnswerLength => _writer.Written.Length;

    public int StatusCode { get; set; } = 200;

    public HttpExchange? HostContext { get; set; }

    public IHeaderDictionary ResponseHeaders => _responseHeaders;

    bool IFeatureCollection.IsReadOnly => true;

    int IFeatureCollection.Revision => 0;

    string IHttpRequestFeature.Protocol { get; set; } = "HTTP/1.1";

    string IHttpRequestFeature.Scheme { get; set; } = "http";

    string IHttpRequestFeature.Method { get; set; } = "GET";

    string IHttpRequestFeature.PathBase { get; set; } = "";

    string IHttpRequestFeature.Path { get; set; } = "";

    string IHttpRequestFeature.QueryString { get; set; } = "";

    string IHttpRequestFeature.RawTarget { get => Target; set => Target = value; }

    IHeaderDictionary IHttpRequestFeature.Headers { get => _requestHeaders; set => throw new NotSupportedException(); }

    Stream IHttpRequestFeature.Body { get; set; } = Stream.Null;

    string? IHttpResponseFeature.ReasonPhrase { get; set; }

    IHeaderDictionary IHttpResponseFeature.Headers { get => _responseHeaders; set => throw new NotSupportedException(); }

    Stream IHttpResponseFeature.Body { get; set; } = Stream.Null;

    bool IHttpResponseFeature.HasStarted => false;

    Stream IHttpResponseBodyFeature.Stream => Stream.Null;

    PipeWriter IHttpResponseBodyFeature.Writer => _writer;

    object? IFeatureCollection.this[Type key]
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Reset()
    {
        _responseHeaders.Clear();
        _writer.Reset();
        StatusCode = 200;
    }

    public TFeature? Get<TFeature>() => this is TFeature feature ? feature : default;

    public void Set<TFeature>(TFeature? instance) => throw new NotSupportedException();

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => throw new NotSupportedException();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException();

    public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

    public void DisableBuffering() => throw new NotSupportedException();

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task CompleteAsync() => Task.CompletedTask;

    private sealed class StubWriter : PipeWriter
    {
        private readonly byte[] _buffer = new byte[1024 * 1024];
        private int _written;

        public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _written);

        public void Reset() => _written = 0;

        public override void Advance(int bytes) => _written += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.AsMemory(_written);

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer.AsSpan(_written);

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;
    }

    /// <summary>Headers in two arrays: unlike the ordinary dictionary it keeps the length as a number, as the server does.</summary>
    private sealed class StubHeaders : IHeaderDictionary
    {
        private readonly string[] _names = new string[16];
        private readonly StringValues[] _values = new StringValues[16];

        public long? ContentLength { get; set; }

        public int Count { get; private set; }

        public bool IsReadOnly => false;

        public ICollection<string> Keys => _names[..Count];

        public ICollection<StringValues> Values => _values[..Count];

        public StringValues this[string key]
        {
            get => IndexOf(key) is var at and >= 0 ? _values[at] : default;
            set
            {
                int at = IndexOf(key);
                if (at < 0) at = Count++;
                _names[at] = key;
                _values[at] = value;
            }
        }

        public void Clear()
        {
            Count = 0;
            ContentLength = null;
        }

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out StringValues value)
        {
            value = this[key];
            return IndexOf(key) >= 0;
        }

        public bool ContainsKey(string key) => IndexOf(key) >= 0;

        public void Add(string key, StringValues value) => this[key] = value;

        public void Add(KeyValuePair<string, StringValues> item) => this[item.Key] = item.Value;

        public bool Remove(string key) => throw new NotSupportedException();

        public bool Remove(KeyValuePair<string, StringValues> item) => throw new NotSupportedException();

        public bool Contains(KeyValuePair<string, StringValues> item) => throw new NotSupportedException();

        public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex) => throw new NotSupportedException();

        public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => throw new NotSupportedException();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private int IndexOf(string key)
        {
            for (int i = 0; i < Count; i++)
            {
                if (string.Equals(_names[i], key, StringComparison.OrdinalIgnoreCase)) return i;
            }

            return -1;
        }
    }
}
