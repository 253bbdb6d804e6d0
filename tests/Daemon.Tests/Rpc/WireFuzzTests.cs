using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Wire;
using CsCheck;

namespace Consul.Fast.Daemon.Tests.Rpc;

/// <summary>Whatever bytes come, the decoders of requests and replies fail or give a value, in bounded memory.</summary>
public sealed class WireFuzzTests
{
    /// <summary>Objects, list slots and texts made of one input byte, of reading and writing again; far below any believed length.</summary>
    private const long BytesPerInputByte = 4096;

    private const long FixedBytes = 64 * 1024;

    /// <summary>Longer bodies differ from shorter ones by their payload only.</summary>
    private const int MaxSeedBytes = 4096;

    private static readonly byte[][] Seeds =
        [.. RecordedCall.All.SelectMany(static call => new[] { call.Request, call.Response }).Where(static b => b.Length is > 1 and < MaxSeedBytes)];

    private static readonly WireMethod[] Methods = [.. WireMethod.All.Values];

    private static readonly Gen<byte[]> Mutated = Gen
        .Select(Gen.Int[0, Seeds.Length - 1], Gen.Select(Gen.Int[0, MaxSeedBytes], Gen.Byte).Array[1, 6], Gen.Int[0, MaxSeedBytes])
        .Select(static (seed, changes, cut) =>
        {
            byte[] bytes = (byte[])Seeds[seed].Clone();
            foreach ((int position, byte value) in changes) bytes[position % bytes.Length] = value;
            return cut % 3 == 0 ? bytes[..(cut % bytes.Length)] : bytes;
        });

    private static readonly byte[] GreedyCodes = [0xdb, 0xdd, 0xdf, 0xc6, 0xda, 0xdc, 0xde, 0xc9];

    private static readonly string[] GreedyKeys = ["", "Nodes", "Services", "Ops", "Source", "Keys"];

    /// <summary>Headers that promise up to four billion items or bytes, alone and as the value of a field.</summary>
    private static readonly Gen<byte[]> Greedy = Gen
        .Select(Gen.Int[0, GreedyCodes.Length - 1], Gen.Byte.Array[0, 40], Gen.Int[0, GreedyKeys.Length - 1])
        .Select(static (code, rest, field) =>
        {
            string key = GreedyKeys[field];
            byte[] greedy = [GreedyCodes[code], 0xff, 0xff, 0xff, .. rest];
            return key.Length == 0 ? greedy : [0x81, (byte)(0xa0 + key.Length), .. System.Text.Encoding.ASCII.GetBytes(key), .. greedy];
        });

    [Fact]
    public void Mutated_bodies_never_throw() => Mutated.Sample(Decode, iter: 1500);

    [Fact]
    public void Random_bytes_never_throw() => Gen.Byte.Array[0, 200].Sample(Decode, iter: 1500);

    [Fact]
    public void Promised_lengths_are_not_believed() => Greedy.Sample(Decode, iter: 1500);

    [Fact]
    public void Deep_nesting_is_refused()
    {
        byte[] nested = [0x81, 0xa1, (byte)'x', .. Enumerable.Repeat((byte)0x91, 100_000), 0xc0];
        foreach (WireMethod method in Methods)
        {
            // What takes no argument reads it like anything else.
            Assert.Null(method.Request(nested));
            Assert.Null(method.Response(nested));
        }
    }

    [Fact]
    public void Cut_bodies_fail_at_every_position()
    {
        foreach (RecordedCall call in RecordedCall.All)
        {
            if (!WireMethod.All.TryGetValue(call.Method, out WireMethod? method)) continue;
            for (int i = 0; i < Math.Min(call.Request.Length, MaxSeedBytes); i++) Assert.Null(method.Request(call.Request[..i]));
            if (call.Error.Length > 0) continue;
            for (int i = 0; i < Math.Min(call.Response.Length, MaxSeedBytes); i++)
                Assert.Null(method.Response(call.Response[..i]));
        }
    }

    [Fact]
    public void Nil_is_taken_wherever_it_stands()
    {
        foreach (WireMethod method in Methods)
        {
            Assert.NotNull(method.Request([0xc0]));
            Assert.NotNull(method.Response([0xc0]));
        }

        foreach (RecordedCall call in RecordedCall.All)
        {
            if (!WireMethod.All.TryGetValue(call.Method, out WireMethod? method) || call.File == "err-bad-body.hex") continue;
            foreach (byte[] bytes in NilTwins.Of(call.Request)) Assert.NotNull(method.Request(bytes));
            if (call.Error.Length > 0) continue;
            foreach (byte[] bytes in NilTwins.Of(call.Response)) Assert.NotNull(method.Response(bytes));
        }
    }

    private static void Decode(byte[] body)
    {
        foreach (WireMethod method in Methods)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            method.Request(body);
            method.Response(body);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, FixedBytes + (body.Length * BytesPerInputByte));
        }

        KeyRequestCodec.TryReadInto(body, new KeyRequest());
        KeyListRequestCodec.TryReadInto(body, new KeyListRequest());
    }
}
