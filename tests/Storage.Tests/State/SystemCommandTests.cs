using System.Buffers;
using Consul.Fast.Consensus;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Tables;

namespace Consul.Fast.Storage.Tests.State;

/// <summary>Commands that a leader of the reference implementation writes on its own.</summary>
public sealed class SystemCommandTests : IDisposable
{
    private readonly StateTestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Metadata_keeps_its_creation_and_is_found_in_any_case()
    {
        Assert.Equal(true, Metadata("upsert", new SystemMetadataEntry("intention-format", "config-entry")));
        Assert.Equal(true, Metadata("upsert", new SystemMetadataEntry("INTENTION-format", "legacy", 7, 7)));
        Assert.Equal(2ul, _bed.State.IndexOf("system-metadata"));
        SystemMetadataEntry stored = Only(_bed.State.Tables.SystemMetadata);
        Assert.Equal(new SystemMetadataEntry("INTENTION-format", "legacy", 1, 2), stored);
        Assert.Null(Metadata("delete", new SystemMetadataEntry("Intention-Format", "")));
        Assert.Equal(3ul, _bed.State.IndexOf("system-metadata"));
        Assert.Null(Metadata("delete", new SystemMetadataEntry("intention-format", "")));
        Assert.Equal(3ul, _bed.State.IndexOf("system-metadata"));
    }

    [Fact]
    public void Bad_metadata_is_refused()
    {
        Assert.Equal(new ApplyError("missing key on system metadata"), Metadata("upsert", new SystemMetadataEntry("", "x")));
        Assert.Equal(new ApplyError("invalid system metadata operation type: swap"), Metadata("swap", null));
        Assert.Throws<FatalApplyException>(() => Metadata("upsert", null));
        Assert.Equal(0ul, _bed.State.IndexOf("system-metadata"));
    }

    [Fact]
    public void Federation_state_takes_the_index_of_its_origin_or_its_own()
    {
        Assert.Equal(true, Federation("upsert", new FederationState { Datacenter = "dc1" }));
        Assert.Equal(true, Federation("upsert", new FederationState { Datacenter = "DC1", MeshGateways = [], PrimaryModifyIndex = 40 }));
        FederationState stored = Only(_bed.State.Tables.FederationStates);
        Assert.Equal(("DC1", 40ul, 1ul, 2ul), (stored.Datacenter, stored.PrimaryModifyIndex, stored.CreateIndex, stored.ModifyIndex));
        Assert.Equal(2ul, _bed.State.IndexOf("federation-states"));
        Assert.Null(Federation("delete", new FederationState { Datacenter = "dc2" }));
        Assert.Equal(2ul, _bed.State.IndexOf("federation-states"));
        Assert.Null(Federation("delete", new FederationState { Datacenter = "dc1" }));
        Assert.Equal(4ul, _bed.State.IndexOf("federation-states"));
    }

    [Fact]
    public void Bad_federation_state_is_refused()
    {
        Assert.Equal(new ApplyError("missing datacenter on federation state"), Federation("upsert", new FederationState()));
        Assert.Equal(new ApplyError("invalid federation state operation type: swap"), Federation("swap", null));
        Assert.Throws<FatalApplyException>(() => Federation("delete", null));
    }

    [Fact]
    public void Leaving_the_old_intentions_behind_moves_three_rows()
    {
        Assert.Null(Intention("delete-all"));
        Assert.Equal([1ul, 1ul, 1ul], _bed.Rows("connect-intentions", "config-entries", "system-metadata"));
        Assert.Equal(
            new SystemMetadataEntry("intention-format", "config-entry", 1, 1),
            Only(_bed.State.Tables.SystemMetadata));
    }

    [Fact]
    public void Old_intentions_are_kept_until_they_are_dropped()
    {
        _bed.Store.Restore(new MemoryStream(StateWithIntentions("one", "two")));
        byte[] kept = _bed.Snapshot();
        Assert.Equal(2, StateStreamText.Of(kept).Count(static r => r.Type == CommandType.Intention));
        _bed.Index = 9;
        Assert.Null(Intention("delete", "TWO"));
        Assert.Equal(10ul, _bed.State.IndexOf("connect-intentions"));
        Assert.Null(Intention("delete", "two"));
        Assert.Equal(10ul, _bed.State.IndexOf("connect-intentions"));
        Assert.Equal(1, StateStreamText.Of(_bed.Snapshot()).Count(static r => r.Type == CommandType.Intention));
        Assert.Null(Intention("delete-all"));
        Assert.Equal(0, StateStreamText.Of(_bed.Snapshot()).Count(static r => r.Type == CommandType.Intention));
    }

    [Theory]
    [InlineData("create")]
    [InlineData("update")]
    [InlineData("delete")]
    public void Old_form_is_refused_once_it_is_left(string op)
    {
        Intention("delete-all");
        Assert.Equal(
            new ApplyError("Legacy intention modifications are disabled after the config entry migration."), Intention(op, "one"));
    }

    [Fact]
    public void Refusals_are_the_same_everywhere()
    {
        Assert.Equal(new ApplyError("Invalid Intention operation 'upsert'"), Intention("upsert"));
        Assert.Equal(
            new ApplyError("state: IntentionMutation() is not allowed when intentions are not stored in config entries"),
            Intention("upsert", mutation: true));
        Intention("delete-all");
        Assert.Equal(new ApplyError("Invalid Intention mutation operation 'delete-all'"), Intention("delete-all", mutation: true));
    }

    [Fact]
    public void What_would_change_unkept_records_stops_the_server()
    {
        Assert.Contains("this server does not keep intentions",
            Assert.Throws<FatalApplyException>(() => Intention("create", "one")).Message);
        Intention("delete-all");
        Assert.Contains("this server does not keep configuration entries",
            Assert.Throws<FatalApplyException>(() => Intention("upsert", mutation: true)).Message);
    }

    [Fact]
    public void Signed_certificate_changes_nothing()
    {
        Assert.Equal(1ul, _bed.ApplyRaw([(byte)CommandType.ConnectCaLeaf | 0x80, .. Map(("Op", "increment-index"))]));
        Assert.Equal(new ApplyError("Invalid CA operation 'sign'"), _bed.ApplyRaw([(byte)CommandType.ConnectCaLeaf, .. Map(("Op", "sign"))]));
        Assert.Empty(_bed.State.IndexRows());
    }

    [Fact]
    public void Everything_survives_a_snapshot()
    {
        var gateway = new FederationGateway(new Node { Name = "n1" }, StateTestBed.Service("gw"), [StateTestBed.Check("n1", "c"), null]);
        Federation("upsert", new FederationState
        {
            Datacenter = "dc2",
            MeshGateways = [gateway, new FederationGateway(null, null, null)],
            UpdatedAt = [1, 0, 0, 0, 14, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0],
        });
        Intention("delete-all");
        byte[] saved = _bed.Snapshot();
        _bed.Store.Restore(new MemoryStream(saved));
        Assert.Equal(StateStreamText.Of(saved), StateStreamText.Of(_bed.Snapshot()));
        Assert.Equal(saved, _bed.Snapshot());
    }

    private static T Only<T>(ByteMap<T> table)
    {
        Assert.Equal(1, table.Count);
        ByteMapRange<T> rows = table.All();
        Assert.True(rows.MoveNext());
        return rows.Current.Value;
    }

    private object? Metadata(string op, SystemMetadataEntry? entry) => Apply(
        CommandType.SystemMetadata, writer => SystemRequestCodec.Write(writer, new SystemMetadataRequest { Op = op, Entry = entry }));

    private object? Federation(string op, FederationState? state) => Apply(
        CommandType.FederationState, writer => SystemRequestCodec.Write(writer, new FederationStateRequest { Op = op, State = state }));

    private object? Intention(string op, string? id = null, bool mutation = false) => Apply(CommandType.Intention, writer =>
    {
        writer.WriteMapHeader(3);
        writer.WriteKey("Intention"u8);
        if (id is null) writer.WriteNil();
        else writer.WriteRaw(Map(("ID", id)));
        writer.WriteKey("Mutation"u8);
        if (mutation) writer.WriteRaw(Map(("ID", "")));
        else writer.WriteNil();
        writer.WriteKey("Op"u8);
        writer.WriteString(op);
    });

    private object? Apply(CommandType type, BodyWriter write) => _bed.ApplyRaw([(byte)type, .. Encoded(write)]);

    private static byte[] StateWithIntentions(params string[] ids)
    {
        byte[] header = Encoded(static writer =>
        {
            writer.WriteMapHeader(1);
            writer.WriteKey("LastIndex"u8);
            writer.WriteUInt64(9);
        });
        return [.. header, .. ids.SelectMany(static id => (byte[])[(byte)CommandType.Intention, .. Map(("ID", id), ("SourceName", "web"))])];
    }

    private static byte[] Map(params (string Key, string Value)[] pairs) => Encoded(writer =>
    {
        writer.WriteMapHeader(pairs.Length);
        foreach ((string key, string value) in pairs)
        {
            writer.WriteString(key);
            writer.WriteString(value);
        }
    });

    private static byte[] Encoded(BodyWriter write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new MsgPackWriter(output));
        return output.WrittenSpan.ToArray();
    }

    private delegate void BodyWriter(MsgPackWriter writer);
}
