using System.Buffers.Binary;

namespace Consul.Fast.Daemon.Tests.Rpc;

/// <summary>Every recorded body of the core services is read and written again to the same bytes.</summary>
public sealed class WireVectorTests
{
    private static readonly string[] CoreServices = ["Status", "Catalog", "Health", "KVS", "Session", "Txn", "Internal", "Operator", "Coordinate"];

    public static TheoryData<string, int> Calls()
    {
        var rows = new TheoryData<string, int>();
        for (int i = 0; i < RecordedCall.All.Count; i++)
        {
            if (WireMethod.All.ContainsKey(RecordedCall.All[i].Method)) rows.Add(RecordedCall.All[i].ToString(), i);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void Recorded_bodies_come_back_as_they_were(string name, int number)
    {
        RecordedCall call = RecordedCall.All[number];
        Assert.Equal(name, call.ToString());
        WireMethod method = WireMethod.All[call.Method];
        if (call.File == "err-bad-body.hex")
        {
            Assert.Null(method.Request(call.Request));
            return;
        }

        AssertSame(WithoutEmptyValue(call.Request), method.Request(call.Request));
        if (call.Error.Length == 0) AssertSame(WithOwnTimes(call.Response), method.Response(call.Response));
    }

    [Fact]
    public void Every_recorded_method_of_the_core_services_has_its_codecs() => Assert.Equal(
        ["Status.Nothing"],
        RecordedCall.All.Select(static call => call.Method)
            .Where(static name => CoreServices.Contains(name.Split('.')[0]) && !WireMethod.All.ContainsKey(name))
            .Distinct());

    [Fact]
    public void Captures_hold_a_call_of_nearly_every_method() => Assert.Equal(
        [
            "Catalog.Deregister", "Health.ServiceChecks", "Internal.NodeDump", "Operator.AutopilotSetConfiguration",
            "Operator.RaftRemovePeerByAddress", "Operator.RaftRemovePeerByID",
        ],
        WireMethod.All.Keys.Except(RecordedCall.All.Select(static call => call.Method)).Order(StringComparer.Ordinal));

    /// <summary>An empty value of a key is read as none, by Consul as well.</summary>
    private static byte[] WithoutEmptyValue(byte[] request)
    {
        byte[] changed = (byte[])request.Clone();
        int at = changed.AsSpan().IndexOf((ReadOnlySpan<byte>)[.. "Value"u8, 0xa0]);
        if (at >= 0) changed[at + "Value".Length] = 0xc0;
        return changed;
    }

    /// <summary>Times are kept to a tenth of a microsecond and written as UTC, whatever zone the server was in.</summary>
    private static byte[] WithOwnTimes(byte[] response)
    {
        byte[] changed = (byte[])response.Clone();
        ReadOnlySpan<byte> key = [.. "StableSince"u8, 0xaf];
        for (int at = 0; changed.AsSpan(at).IndexOf(key) is >= 0 and var found; at += found + key.Length)
        {
            Span<byte> time = changed.AsSpan(at + found + key.Length, 15);
            int nanoseconds = BinaryPrimitives.ReadInt32BigEndian(time[9..]);
            BinaryPrimitives.WriteInt32BigEndian(time[9..], nanoseconds / 100 * 100);
            time[13..].Fill(0xff);
        }

        return changed;
    }

    private static void AssertSame(byte[] recorded, byte[]? written)
    {
        Assert.NotNull(written);
        if (written.AsSpan().SequenceEqual(recorded)) return;
        Assert.Equal(OrderedMaps.Of(recorded), OrderedMaps.Of(written));
        Assert.Equal(recorded.Length, written.Length);
    }
}
