using System.Buffers;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Wire;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Consensus.Tests.Wire;

public sealed class CodecTests
{
    public static TheoryData<string> ExchangeNames => Recorded.Names(Recorded.Exchanges);

    [Fact]
    public void Everything_recorded_is_there() => Assert.Equal((15, 13), (Recorded.Exchanges.Count, Recorded.Errors.Count));

    /// <summary>
    /// A recorded request, decoded and written again, has the same bytes. Only the times of entries are kept to 100 ns and
    /// written as UTC; they inform people and nobody compares them.
    /// </summary>
    [Theory]
    [MemberData(nameof(ExchangeNames))]
    public void Request_has_the_recorded_bytes(string name)
    {
        byte[] recorded = Recorded.Exchange(name).Request;
        var rpc = (RaftRpc)recorded[0];
        Assert.True(RequestDecoder.TryRead(rpc, recorded.AsSpan(1), out WireRequest wire));
        Assert.Equal(3, wire.ProtocolVersion);
        Assert.Equal(Convert.ToHexString(WithOurTimes(recorded)), Convert.ToHexString(Encode(wire)));
    }

    [Theory]
    [MemberData(nameof(ExchangeNames))]
    public void Answer_has_the_recorded_bytes(string name)
    {
        Recorded exchange = Recorded.Exchange(name);
        (string error, RaftResponse response) = Decode((RaftRpc)exchange.Request[0], exchange.Answer);
        ArrayBufferWriter<byte> output = new();
        ResponseCodec.Write(output, response, error);
        Assert.Equal(Convert.ToHexString(exchange.Answer), Convert.ToHexString(output.WrittenSpan));
    }

    [Fact]
    public void Fields_mean_what_they_should()
    {
        AppendRequest set = Assert.IsType<AppendRequest>(Decode("append-kv-set").Request);
        Assert.Equal((2UL, "127.0.0.71:38300", 27UL), (set.Term, set.Leader, set.PrevIndex));
        Assert.Equal((2UL, 27UL, 1), (set.PrevTerm, set.LeaderCommit, set.Count));
        LogEntry entry = Assert.Single(set.Entries!);
        Assert.Equal((28UL, 2UL, EntryType.Command, 0x98), (entry.Index, entry.Term, entry.Type, entry.Data.Length));
        Assert.True(entry.Extensions.IsEmpty);
        Assert.Equal(DateTimeKind.Utc, entry.AppendedAt.Kind);
        Assert.False(set.Heartbeat);
        Assert.True(Assert.IsType<AppendRequest>(Decode("heartbeat").Request).Heartbeat);
        Assert.False(Assert.IsType<AppendRequest>(Decode("append-commit-update").Request).Heartbeat);

        WireRequest install = Decode("install-snapshot");
        SnapshotRequest snapshot = Assert.IsType<SnapshotRequest>(install.Request);
        Assert.Equal((21135L, 1L, 65UL, 2UL), (install.Size, install.SnapshotVersion, snapshot.LastLogIndex, snapshot.LastLogTerm));
        Assert.Equal((1UL, 3), (snapshot.Configuration.Index, snapshot.Configuration.Configuration.Servers.Count));
        Assert.True(Assert.IsType<VoteRequest>(Decode("request-vote-transfer").Request).LeadershipTransfer);
        Assert.Equal(new AppendResponse(2, 0, Success: false, NoRetryBackoff: true), Answer("append-rejected-follower-wiped"));
        Assert.Equal(new SnapshotResponse(2, Success: true), Answer("install-snapshot"));
    }

    [Fact]
    public void Pre_vote_goes_round()
    {
        ArrayBufferWriter<byte> output = new();
        PreVoteRequest question = new(7, "10.0.0.1:8300", 12, 6);
        RequestEncoder.Write(output, question);
        Assert.Equal(4, output.WrittenSpan[0]);
        Assert.True(RequestDecoder.TryRead(RaftRpc.PreVote, output.WrittenSpan[1..], out WireRequest wire));
        Assert.Equal(question, wire.Request);
        Assert.True(wire.IsSupported);
        output.Clear();
        ResponseCodec.Write(output, new PreVoteResponse(6, Granted: true), null);
        Assert.Equal(("", new PreVoteResponse(6, Granted: true)), Decode(RaftRpc.PreVote, output.WrittenSpan.ToArray()));
    }

    [Fact]
    public void Legacy_snapshot_takes_its_servers_from_the_list_of_addresses()
    {
        byte[] recorded = Recorded.Exchange("install-snapshot").Request[1..];
        recorded[recorded.AsSpan().IndexOf("SnapshotVersion"u8) + 15] = 0;
        Assert.True(RequestDecoder.TryRead(RaftRpc.InstallSnapshot, recorded, out WireRequest wire));
        ConfigurationPoint point = Assert.IsType<SnapshotRequest>(wire.Request).Configuration;
        Assert.Equal(65UL, point.Index);
        Assert.Equal(["127.0.0.71:38300", "127.0.0.72:38300", "127.0.0.73:38300"], point.Configuration.Servers.Select(s => s.Id));
        Assert.All(point.Configuration.Servers, static s => Assert.Equal(new RaftServer(Suffrage.Voter, s.Id, s.Id), s));
    }

    private static WireRequest Decode(string name)
    {
        byte[] recorded = Recorded.Exchange(name).Request;
        Assert.True(RequestDecoder.TryRead((RaftRpc)recorded[0], recorded.AsSpan(1), out WireRequest wire));
        return wire;
    }

    private static RaftResponse Answer(string name)
    {
        Recorded exchange = Recorded.Exchange(name);
        return Decode((RaftRpc)exchange.Request[0], exchange.Answer).Response;
    }

    private static (string Error, RaftResponse Response) Decode(RaftRpc rpc, byte[] answer)
    {
        MsgPackReader reader = new(answer);
        reader.Skip();
        Assert.True(ResponseCodec.TryReadError(answer.AsSpan(0, reader.Consumed), out string error));
        Assert.True(ResponseCodec.TryRead(rpc, answer.AsSpan(reader.Consumed), out RaftResponse response));
        return (error, response);
    }

    private static byte[] Encode(WireRequest wire)
    {
        ArrayBufferWriter<byte> output = new();
        switch (wire.Request)
        {
            case SnapshotRequest snapshot:
                RequestEncoder.WriteSnapshot(output, snapshot, wire.Size);
                break;
            case AppendRequest { Heartbeat: false } append:
                RequestEncoder.WriteAppendHead(output, append.Count);
                foreach (LogEntry entry in append.Entries!) LogEntryCodec.Write(new MsgPackWriter(output), entry);
                RequestEncoder.WriteAppendTail(output, append);
                break;
            default:
                RequestEncoder.Write(output, wire.Request);
                break;
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the times as this implementation does.</summary>
    private static byte[] WithOurTimes(byte[] recorded)
    {
        byte[] ours = [.. recorded];
        ReadOnlySpan<byte> key = [0xaa, .. "AppendedAt"u8, 0xaf];
        for (int at = 0; ours.AsSpan(at).IndexOf(key) is var found and >= 0;)
        {
            at += found + key.Length;
            Span<byte> time = ours.AsSpan(at, 15);
            MsgPackReader reader = new([0xaf, .. time]);
            ArrayBufferWriter<byte> output = new();
            new MsgPackWriter(output).WriteTime(reader.ReadTime());
            output.WrittenSpan[1..].CopyTo(time);
        }

        return ours;
    }
}
