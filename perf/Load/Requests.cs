using System.Text;

namespace Consul.Fast.Perf.Load;

/// <summary>Requests as bytes.</summary>
internal static class Requests
{
    public const string Key = "load/key";

    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: load\r\n\r\n");

    public static byte[] Put(string path, int valueBytes) =>
        [.. Encoding.ASCII.GetBytes($"PUT {path} HTTP/1.1\r\nHost: load\r\nContent-Length: {valueBytes}\r\n\r\n"), .. Value(valueBytes)];

    /// <summary>The requests that one connection repeats in turn.</summary>
    public static byte[][] Of(LoadOptions options, int connection) => options.Work switch
    {
        Work.Get => [Get($"/v1/kv/{Key}")],
        Work.Raw => [Get($"/v1/kv/{Key}?raw")],
        Work.Path => [Get(options.Path)],
        Work.Put => [.. Enumerable.Range(0, 100).Select(i => Put($"/v1/kv/load/{connection}/{i}?flags={i}", options.ValueBytes))],
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };

    /// <summary>Bytes that do not compress to nothing.</summary>
    public static byte[] Value(int bytes)
    {
        byte[] value = new byte[bytes];
        new Random(bytes).NextBytes(value);
        return value;
    }
}
