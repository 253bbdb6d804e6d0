using System.Text;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Tests.Rpc;

/// <summary>One call recorded from a real server: the bodies as they went over the wire.</summary>
/// <param name="File">The capture it stands in.</param>
/// <param name="Error">Empty for a call that succeeded.</param>
public sealed record RecordedCall(string File, string Method, string Error, byte[] Request, byte[] Response)
{
    public static IReadOnlyList<RecordedCall> All { get; } = [.. Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Vectors", "rpc"), "*.hex")
        .Order(StringComparer.Ordinal)
        .SelectMany(Parse)];

    public override string ToString() => $"{Method} in {File}";

    /// <summary>Calls of one method in the order they were asked.</summary>
    public static RecordedCall[] Of(string method) => [.. All.Where(call => call.Method == method)];

    /// <summary>Reads the lines of whole values; requests find their responses by sequence number.</summary>
    private static IEnumerable<RecordedCall> Parse(string path)
    {
        var asked = new List<(Header Header, byte[] Body)>();
        var answered = new Dictionary<ulong, (Header Header, byte[] Body)>();
        Header header = default;
        foreach (string line in System.IO.File.ReadAllLines(path))
        {
            string[] words = line.Split(' ');
            if (words[0] != "M") continue;
            byte[] bytes = Convert.FromHexString(words[3]);
            if (words[2].EndsWith("-header", StringComparison.Ordinal)) header = Header.Of(bytes);
            else if (words[1] == "C") asked.Add((header, bytes));
            else answered[header.Seq] = (header, bytes);
        }

        return asked.Where(call => answered.ContainsKey(call.Header.Seq)).Select(call => new RecordedCall(
            Path.GetFileName(path),
            call.Header.Method,
            answered[call.Header.Seq].Header.Error,
            call.Body,
            answered[call.Header.Seq].Body));
    }

    private readonly record struct Header(ulong Seq, string Method, string Error)
    {
        public static Header Of(byte[] encoded)
        {
            var reader = new MsgPackReader(encoded);
            ulong seq = 0;
            string method = "", error = "";
            for (int i = reader.ReadMapHeader(); i > 0; i--)
            {
                switch (Encoding.ASCII.GetString(reader.ReadKey()))
                {
                    case "Seq":
                        seq = reader.ReadUInt64();
                        break;
                    case "ServiceMethod":
                        method = reader.ReadString();
                        break;
                    default:
                        error = reader.ReadString();
                        break;
                }
            }

            Assert.False(reader.Failed);
            return new Header(seq, method, error);
        }
    }
}
