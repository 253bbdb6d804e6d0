using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>One recorded datagram, or one direction of a recorded stream.</summary>
internal sealed record Vector(string Name, bool IsStream, string KeyName, byte[] Bytes)
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Vectors");

    public static readonly IReadOnlyList<Vector> All = [.. File.ReadLines(Path.Combine(s_folder, "index.txt")).Select(Read)];

    public static readonly IReadOnlyDictionary<string, string> Outlines = ReadOutlines();

    public static readonly GossipKey K1 = KeyOf(0x00, 16);
    public static readonly GossipKey K2 = KeyOf(0x20, 32);

    /// <summary>What no peer would send: name and bytes.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Hostile =>
        Directory.GetFiles(Path.Combine(s_folder, "hostile"), "*.hex").Order().Select(path => (Path.GetFileName(path), ReadHex(path)));

    /// <summary>Both keys, so that every vector opens; null for plain ones.</summary>
    public Keyring? Ring => KeyName == "-" ? null : new Keyring(K2, K1);

    public WireSettings Settings => new() { Keyring = Ring };

    public GossipCipher? Cipher() => Ring is { } ring ? new GossipCipher(ring) : null;

    public static TheoryData<string> Names(Func<Vector, bool> filter) => [.. All.Where(filter).Select(vector => vector.Name)];

    public static Vector Of(string name) => All.Single(vector => vector.Name == name);

    private static GossipKey KeyOf(byte first, int length)
    {
        byte[] bytes = [.. Enumerable.Range(first, length).Select(value => (byte)value)];
        Assert.True(GossipKey.TryFrom(bytes, out GossipKey? key));
        return key;
    }

    private static Vector Read(string line)
    {
        string[] words = line.Split(' ');
        return new Vector(words[0], words[1] == "tcp", words[2], ReadHex(Path.Combine(s_folder, words[0] + ".hex")));
    }

    private static byte[] ReadHex(string path) => Convert.FromHexString(string.Concat(File.ReadAllLines(path)));

    private static Dictionary<string, string> ReadOutlines()
    {
        Dictionary<string, string> outlines = [];
        string name = "";
        foreach (string line in File.ReadLines(Path.Combine(s_folder, "outlines.txt")))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal)) outlines[name = line[2..]] = "";
            else if (line.Length > 0) outlines[name] += line + "\n";
        }

        return outlines;
    }
}
