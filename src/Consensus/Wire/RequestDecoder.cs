using System.Text;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Consensus.Wire;

/// <summary>
/// Reads the requests of peers. What comes is never trusted: a fault is a false, and memory is taken for bytes that are there.
/// </summary>
internal static class RequestDecoder
{
    /// <summary>False when the type is unknown or the bytes are no such request.</summary>
    public static bool TryRead(RaftRpc rpc, ReadOnlySpan<byte> body, out WireRequest request)
    {
        var reader = new MsgPackReader(body);
        request = rpc switch
        {
            RaftRpc.AppendEntries => ReadAppend(ref reader),
            RaftRpc.RequestVote => ReadVote(ref reader),
            RaftRpc.InstallSnapshot => ReadSnapshot(ref reader),
            RaftRpc.TimeoutNow => ReadTimeoutNow(ref reader),
            RaftRpc.PreVote => ReadPreVote(ref reader),
            _ => default,
        };
        return request.Request is not null && !reader.Failed && reader.AtEnd;
    }

    private static WireRequest ReadAppend(ref MsgPackReader reader)
    {
        long version = 0;
        ulong term = 0;
        string leader = "";
        ulong prevIndex = 0;
        ulong prevTerm = 0;
        ulong commit = 0;
        LogEntry[] entries = [];
        for (int fields = reader.ReadMapHeader(); fields > 0 && !reader.Failed; fields--)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Entries"u8)) entries = ReadEntries(ref reader);
            else if (key.SequenceEqual("Leader"u8)) leader = ReadAddress(ref reader);
            else if (key.SequenceEqual("LeaderCommitIndex"u8)) commit = reader.ReadUInt64();
            else if (key.SequenceEqual("PrevLogEntry"u8)) prevIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("PrevLogTerm"u8)) prevTerm = reader.ReadUInt64();
            else if (key.SequenceEqual("ProtocolVersion"u8)) version = reader.ReadInt64();
            else if (key.SequenceEqual("Term"u8)) term = reader.ReadUInt64();
            else reader.Skip();
        }

        bool heartbeat = term != 0 && leader.Length > 0 && prevIndex == 0 && prevTerm == 0 && entries.Length == 0 && commit == 0;
        return new WireRequest(
            new AppendRequest(term, leader, prevIndex, prevTerm, entries, entries.Length, commit, heartbeat), version);
    }

    private static LogEntry[] ReadEntries(ref MsgPackReader reader)
    {
        int count = reader.ReadArrayHeader();
        if (count > RaftWire.EntriesMax) reader.Fail();
        if (count <= 0 || reader.Failed) return [];
        var entries = new LogEntry[count];
        for (int i = 0; i < count && !reader.Failed; i++) entries[i] = LogEntryCodec.Read(ref reader);
        return reader.Failed ? [] : entries;
    }

    private static WireRequest ReadVote(ref MsgPackReader reader)
    {
        long version = 0;
        ulong term = 0;
        string candidate = "";
        ulong lastLogIndex = 0;
        ulong lastLogTerm = 0;
        bool transfer = false;
        for (int fields = reader.ReadMapHeader(); fields > 0 && !reader.Failed; fields--)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Candidate"u8)) candidate = ReadAddress(ref reader);
            else if (key.SequenceEqual("LastLogIndex"u8)) lastLogIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("LastLogTerm"u8)) lastLogTerm = reader.ReadUInt64();
            else if (key.SequenceEqual("LeadershipTransfer"u8)) transfer = reader.ReadBool();
            else if (key.SequenceEqual("ProtocolVersion"u8)) version = reader.ReadInt64();
            else if (key.SequenceEqual("Term"u8)) term = reader.ReadUInt64();
            else reader.Skip();
        }

        return new WireRequest(new VoteRequest(term, candidate, lastLogIndex, lastLogTerm, transfer), version);
    }

    /// <summary>It has the fields of a vote without the one of a hand-over.</summary>
    private static WireRequest ReadPreVote(ref MsgPackReader reader)
    {
        WireRequest vote = ReadVote(ref reader);
        var question = (VoteRequest)vote.Request;
        return new WireRequest(
            new PreVoteRequest(question.Term, question.Candidate, question.LastLogIndex, question.LastLogTerm), vote.ProtocolVersion);
    }

    private static WireRequest ReadTimeoutNow(ref MsgPackReader reader)
    {
        long version = 0;
        for (int fields = reader.ReadMapHeader(); fields > 0 && !reader.Failed; fields--)
        {
            if (reader.ReadKey().SequenceEqual("ProtocolVersion"u8)) version = reader.ReadInt64();
            else reader.Skip();
        }

        return new WireRequest(new TimeoutNowRequest(0), version);
    }

    private static WireRequest ReadSnapshot(ref MsgPackReader reader)
    {
        ReadOnlySpan<byte> configuration = default;
        ReadOnlySpan<byte> peers = default;
        ulong configurationIndex = 0;
        SnapshotRequest request = new(0, "", 0, 0, ConfigurationPoint.None);
        WireRequest wire = default;
        long version = 0;
        for (int fields = reader.ReadMapHeader(); fields > 0 && !reader.Failed; fields--)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Configuration"u8)) configuration = reader.ReadBytesInPlace(out _);
            else if (key.SequenceEqual("ConfigurationIndex"u8)) configurationIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("LastLogIndex"u8)) request = request with { LastLogIndex = reader.ReadUInt64() };
            else if (key.SequenceEqual("LastLogTerm"u8)) request = request with { LastLogTerm = reader.ReadUInt64() };
            else if (key.SequenceEqual("Leader"u8)) request = request with { Leader = ReadAddress(ref reader) };
            else if (key.SequenceEqual("Peers"u8)) peers = reader.ReadBytesInPlace(out _);
            else if (key.SequenceEqual("ProtocolVersion"u8)) version = reader.ReadInt64();
            else if (key.SequenceEqual("Size"u8)) wire = wire with { Size = reader.ReadInt64() };
            else if (key.SequenceEqual("SnapshotVersion"u8)) wire = wire with { SnapshotVersion = reader.ReadInt64() };
            else if (key.SequenceEqual("Term"u8)) request = request with { Term = reader.ReadUInt64() };
            else reader.Skip();
        }

        if (wire.Size < 0) reader.Fail();
        bool legacy = wire.SnapshotVersion <= 0;
        bool decoded = legacy
            ? ConfigurationCodec.TryDecodePeers(peers, out ClusterConfiguration servers)
            : ConfigurationCodec.TryDecode(configuration, out servers);
        if (decoded)
        {
            request = request with { Configuration = new ConfigurationPoint(servers, legacy ? request.LastLogIndex : configurationIndex) };
        }

        return wire with { Request = request, ProtocolVersion = version, HasConfiguration = decoded && servers.Servers.Count > 0 };
    }

    /// <summary>An address is text, but travels as bytes.</summary>
    private static string ReadAddress(ref MsgPackReader reader) =>
        Encoding.UTF8.GetString(reader.ReadBytesInPlace(out _));
}
