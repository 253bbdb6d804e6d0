using System.Buffers.Text;
using System.Net.Sockets;

namespace Consul.Fast.Perf.Load;

/// <summary>
/// One keep-alive connection that sends prepared requests and reads answers by their Content-Length. It allocates nothing per
/// request, so that the generator takes little of the machine it measures.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    public async Task ConnectAsync(string host, int port) => await _socket.ConnectAsync(host, port);

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> requests) => _socket.SendAsync(requests);

    /// <summary>Reads one answer and gives its status and its <c>X-Consul-Index</c> (0 without one).</summary>
    public async ValueTask<(int Status, ulong Index)> ReceiveAsync()
    {
        int headEnd;
        while ((headEnd = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0) await FillAsync();
        ReadHead(_buffer.AsSpan(_start, headEnd + 2), out int status, out int length, out ulong index);
        int total = headEnd + 4 + length;
        while (_end - _start < total) await FillAsync();
        _start += total;
        return (status, index);
    }

    public void Dispose() => _socket.Dispose();

    private static void ReadHead(ReadOnlySpan<byte> head, out int status, out int length, out ulong index)
    {
        status = (int)Number(head[9..]);
        length = -1;
        index = 0;
        while (true)
        {
            int next = head.IndexOf("\r\n"u8);
            if (next < 0 || next + 2 >= head.Length) break;
            head = head[(next + 2)..];
            if (Is(head, "content-length: "u8)) length = (int)Number(head["content-length: ".Length..]);
            else if (Is(head, "x-consul-index: "u8)) index = Number(head["x-consul-index: ".Length..]);
        }

        if (length < 0) throw new IOException("The answer has no Content-Length; ask without compression and for bounded answers.");
    }

    private static ulong Number(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out ulong number, out _)
        ? number
        : throw new IOException("The answer is not HTTP.");

    private static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length > name.Length && System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name);

    private async ValueTask FillAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
        if (read == 0) throw new IOException("The server closed the connection.");
        _end += read;
    }
}
