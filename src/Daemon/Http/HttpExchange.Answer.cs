using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Consul.Fast.Daemon.Http;

/// <content>
/// Building the answer. Everything is synchronous into a buffer of the exchange, which goes out with its length after the
/// handler has returned; setting a second answer replaces the first.
/// </content>
internal sealed partial class HttpExchange
{
    public const string JsonContentType = "application/json";
    public const string TextContentType = "text/plain; charset=utf-8";

    /// <summary>Smaller bodies are not worth compressing.</summary>
    private const int GzipThreshold = 1400;

    /// <summary>Larger bodies are handed over in pieces of this size, at the client's pace.</summary>
    private const int PieceBytes = 64 * 1024;

    [ThreadStatic]
    private static Utf8JsonWriter? _compactWriter;

    private int _status = StatusCodes.Status200OK;
    private string? _contentType;
    private bool _started;

    /// <summary>The error text of the answer, for the log; null when there is none.</summary>
    internal string? ErrorText { get; private set; }

    /// <summary>Status of the answer as set so far.</summary>
    public int Status => _status;

    /// <summary>Whether an answer's head has gone into the connection.</summary>
    internal bool HasStarted => _started;

    /// <summary>Whether JSON is to be indented.</summary>
    public bool IsPretty => _options.PrettyAlways || (_query.Count > 0 && _query.Has("pretty"));

    public void SetHeader(string name, string value) => Headers[name] = HeaderText.Clean(value);

    /// <summary>Answers with a text.</summary>
    public void Text(int status, string text) => Text(status, text, TextContentType);

    public void Text(int status, string text, string contentType)
    {
        SetAnswer(status, contentType);
        Span<byte> span = _body.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        _body.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    /// <summary>Answers without a body.</summary>
    public void Empty(int status = StatusCodes.Status200OK) => SetAnswer(status, null);

    /// <summary>Answers with bytes that are copied before this returns.</summary>
    public void Bytes(int status, string contentType, ReadOnlySpan<byte> body)
    {
        SetAnswer(status, contentType);
        _body.Write(body);
    }

    /// <summary>Answers with a failed call's text under the status that Consul gives it.</summary>
    public void Error(string error)
    {
        if (error.Contains(RpcErrors.PermissionDenied, StringComparison.Ordinal)
            || error.Contains("ACL not found", StringComparison.Ordinal))
        {
            Text(StatusCodes.Status403Forbidden, error);
        }
        else if (error.Contains("RPC rate limit exceeded", StringComparison.Ordinal))
        {
            Empty(StatusCodes.Status429TooManyRequests);
        }
        else
        {
            bool limited = error == "Rate limit reached, try again later";
            Text(limited ? StatusCodes.Status429TooManyRequests : StatusCodes.Status500InternalServerError, error);
        }

        ErrorText = error;
    }

    /// <summary>Answers with a failed call's text under a status of the handler's choice.</summary>
    public void Error(int status, string error)
    {
        Text(status, error);
        ErrorText = error;
    }

    /// <summary>400 with <c>Bad request: </c> before the reason.</summary>
    public void BadRequest(string reason)
    {
        string text = "Bad request: " + reason;
        Text(StatusCodes.Status400BadRequest, text);
        ErrorText = text;
    }

    /// <summary>404 with the reason.</summary>
    public void NotFound(string reason)
    {
        Text(StatusCodes.Status404NotFound, reason);
        ErrorText = reason;
    }

    /// <summary>Answers 200 with a value as JSON.</summary>
    public void Json<T>(T value, Action<Utf8JsonWriter, T> write) => Json(StatusCodes.Status200OK, value, write);

    public void Json<T>(int status, T value, Action<Utf8JsonWriter, T> write)
    {
        SetAnswer(status, JsonContentType);
        AppendJson(value, write);
    }

    /// <summary>Adds a value as JSON to the body as it stands, whatever its type.</summary>
    public void AppendJson<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        if (IsPretty)
        {
            using (var pretty = new Utf8JsonWriter(_body, JsonLayout.Indented)) write(pretty, value);
            _body.Write("\n"u8);
            return;
        }

        // Taken while in use, so that a value which itself asks for a writer gets another one.
        Utf8JsonWriter writer = _compactWriter ?? new Utf8JsonWriter(_body, JsonLayout.Compact);
        _compactWriter = null;
        writer.Reset(_body);
        write(writer, value);
        writer.Flush();
        _compactWriter = writer;
    }

    /// <summary>Answers 200 with the JSON value <c>true</c>.</summary>
    public void JsonTrue() => JsonBool(true);

    public void JsonBool(bool value)
    {
        SetAnswer(StatusCodes.Status200OK, JsonContentType);
        _body.Write(value ? "true"u8 : "false"u8);
        if (IsPretty) _body.Write("\n"u8);
    }

    /// <summary>
    /// Starts a 200 answer of exactly <paramref name="length"/> bytes and returns where to put them, straight into the
    /// connection's buffer when nothing has to be done to them. All bytes must be written before the handler returns.
    /// </summary>
    /// <remarks>Headers cannot be set any more.</remarks>
    public Span<byte> BeginBody(int length, string contentType, out IBufferWriter<byte> output)
    {
        SetAnswer(StatusCodes.Status200OK, contentType);
        output = _body;
        if (length < GzipThreshold || !AcceptsGzip)
        {
            Task started = StartHead(length);
            // Nothing is sent by starting, so it never waits; if it should, the buffered way is right as well.
            if (started.IsCompletedSuccessfully) output = _features.Get<IHttpResponseBodyFeature>()!.Writer;
            else throw new InvalidOperationException("the head of an answer could not be written", started.Exception);
        }

        return output.GetSpan(length)[..length];
    }

    /// <summary>
    /// Starts an answer whose body the handler streams; the caller disposes the stream when the body is complete. Disposing
    /// it early leaves the answer visibly cut.
    /// </summary>
    /// <param name="contentType">Null sends none.</param>
    public async ValueTask<Stream> BeginStreamAsync(int status, string? contentType)
    {
        SetAnswer(status, contentType);
        bool gzip = AcceptsGzip;
        if (gzip) Headers.ContentEncoding = "gzip";
        await StartHead(null);
        Stream stream = _features.Get<IHttpResponseBodyFeature>()!.Stream;
        return gzip ? new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true) : stream;
    }

    /// <summary>Drops the connection without an answer, or cuts the answer short.</summary>
    public void Abort() => _features.Get<IHttpRequestLifetimeFeature>()!.Abort();

    /// <summary>Hands the answer to the connection. Completes in place for all but large bodies.</summary>
    internal ValueTask CompleteAsync()
    {
        if (_started) return default;
        if (_body.WrittenCount >= GzipThreshold && AcceptsGzip) return CompleteGzipAsync();
        Task started = StartHead(_body.WrittenCount);
        PipeWriter writer = _features.Get<IHttpResponseBodyFeature>()!.Writer;
        if (!started.IsCompletedSuccessfully || _body.WrittenCount > PieceBytes) return CompletePiecesAsync(started, writer);
        if (_body.WrittenCount > 0 && !HttpMethods.IsHead(Method))
        {
            // With its size, because the writer of a connection that is gone gives what is asked for and nothing without a size.
            _body.WrittenSpan.CopyTo(writer.GetSpan(_body.WrittenCount));
            writer.Advance(_body.WrittenCount);
        }

        return default;
    }

    private async ValueTask CompletePiecesAsync(Task started, PipeWriter writer)
    {
        await started;
        ReadOnlyMemory<byte> rest = _body.WrittenMemory;
        while (!rest.IsEmpty)
        {
            ReadOnlyMemory<byte> piece = rest[..Math.Min(rest.Length, PieceBytes)];
            FlushResult flushed = await writer.WriteAsync(piece);
            if (flushed.IsCompleted || flushed.IsCanceled) return;
            rest = rest[piece.Length..];
        }
    }

    private async ValueTask CompleteGzipAsync()
    {
        var compressed = new PooledBuffer();
        try
        {
            await using (var output = new BufferStream(compressed))
            await using (var gzip = new GZipStream(output, CompressionLevel.Fastest)) gzip.Write(_body.WrittenSpan);
            Headers.ContentEncoding = "gzip";
            await StartHead(null);
            PipeWriter writer = _features.Get<IHttpResponseBodyFeature>()!.Writer;
            if (!HttpMethods.IsHead(Method)) await writer.WriteAsync(compressed.WrittenMemory);
        }
        finally
        {
            compressed.Clear();
        }
    }

    private Task StartHead(long? length)
    {
        _started = true;
        _response.StatusCode = _status;
        // Renamed since; Go keeps the old name, and clients print it.
        if (_status == StatusCodes.Status413PayloadTooLarge) _response.ReasonPhrase = "Request Entity Too Large";
        IHeaderDictionary headers = _response.Headers;
        if (_contentType is not null) headers.ContentType = _contentType;
        headers.ContentLength = length;
        return _features.Get<IHttpResponseBodyFeature>()!.StartAsync();
    }

    private void SetAnswer(int status, string? contentType)
    {
        if (_started) throw new InvalidOperationException("the answer has already started");
        _status = status;
        _contentType = contentType;
        ErrorText = null;
        if (_body.WrittenCount > 0) _body.Clear();
    }

    private void ResetAnswer()
    {
        _status = StatusCodes.Status200OK;
        _contentType = null;
        _started = false;
        ErrorText = null;
        _meta = default;
    }
}
