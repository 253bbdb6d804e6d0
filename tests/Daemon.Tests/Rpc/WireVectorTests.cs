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
        if (call.Error.Length == 0) AssertSame(call.Response, method.Response(call.Response));
    }

    [Fact]
    public void Every_recorded_method_of_the_core_services_has_its_codecs() => Assert.Equal(
        ["Status.Nothing"],
        RecordedCall.All.Select(static call => call.Method)
            .Where(static name => CoreServices.Contains(name.Split('.')[0]) && !WireMethod.All.ContainsKey(name))
            .Distinct());

    [Fact]
    public void Captures_hold_a_call_of_nearly_every_method() => Assert.Equal(
        ["Catalog.Deregister", "Health.ServiceChecks", "Internal.NodeDump"],
        WireMethod.All.Keys.Except(RecordedCall.All.Select(static call => call.Method)).Order(StringComparer.Ordinal));

    /// <summary>An empty value of a key is read as none, by Consul as well.</summary>
    private static byte[] WithoutEmptyValue(byte[] request)
    {
        byte[] changed = (byte[])request.Clone();
        int at = changed.AsSpan().IndexOf((ReadOnlySpan<byte>)[.. "Value"u8, 0xa0]);
        if (at >= 0) changed[at + "Value".Length] = 0xc0;
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
