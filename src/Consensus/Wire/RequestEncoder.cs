using System.Buffers;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Consensus.Wire;

/// <summary>Writes requests with their type byte, keys in the order of their bytes as peers write them.</summary>
internal static class RequestEncoder
{
    /// <summary>
    /// A question without any effect that each peer answers, with <see cref="RaftWire.UnsupportedProtocol"/>: a vote in a version
    /// that nobody speaks.
    /// </summary>
    public static void WriteProbe(IBufferWriter<byte> output) => WriteVote(output, new VoteRequest(0, "", 0, 0), protocolVersion: 0);

    /// <summary>Writes any request whose size is bounded: all but AppendEntries with entries and InstallSnapshot.</summary>
    public static void Write(IBufferWriter<byte> output, RaftRequest request)
    {
        switch (request)
        {
            case AppendRequest append:
                WriteAppendHead(output, append.Heartbeat ? null : 0);
                WriteAppendTail(output, append);
                break;
            case VoteRequest vote:
                WriteVote(output, vote, RaftWire.ProtocolVersion);
                break;
            case PreVoteRequest question:
                WritePreVote(output, question);
                break;
            case TimeoutNowRequest:
                MsgPackWriter writer = Begin(output, RaftRpc.TimeoutNow, 1);
                WriteVersion(writer, RaftWire.ProtocolVersion);
                break;
            default:
                throw new ArgumentException($"{request.GetType().Name} is not written in one piece", nameof(request));
        }
    }

    /// <summary>The part of AppendEntries before its entries.</summary>
    /// <param name="count">Number of entries that follow, null for no list at all.</param>
    public static void WriteAppendHead(IBufferWriter<byte> output, int? count)
    {
        MsgPackWriter writer = Begin(output, RaftRpc.AppendEntries, 7);
        writer.WriteKey("Entries"u8);
        if (count is { } entries) writer.WriteArrayHeader(entries);
        else writer.WriteNil();
    }

    /// <summary>The part of AppendEntries after its entries.</summary>
    public static void WriteAppendTail(IBufferWriter<byte> output, AppendRequest request)
    {
        var writer = new MsgPackWriter(output);
        writer.WriteKey("Leader"u8);
        writer.WriteString(request.Leader);
        writer.WriteKey("LeaderCommitIndex"u8);
        writer.WriteUInt64(request.LeaderCommit);
        writer.WriteKey("PrevLogEntry"u8);
        writer.WriteUInt64(request.PrevIndex);
        writer.WriteKey("PrevLogTerm"u8);
        writer.WriteUInt64(request.PrevTerm);
        WriteVersion(writer, RaftWire.ProtocolVersion);
        WriteTerm(writer, request.Term);
    }

    /// <summary>The announcement of a snapshot; <paramref name="size"/> raw bytes must follow.</summary>
    public static void WriteSnapshot(IBufferWriter<byte> output, SnapshotRequest request, long size)
    {
        MsgPackWriter writer = Begin(output, RaftRpc.InstallSnapshot, 10);
        writer.WriteKey("Configuration"u8);
        writer.WriteBytes(ConfigurationCodec.Encode(request.Configuration.Configuration));
        writer.WriteKey("ConfigurationIndex"u8);
        writer.WriteUInt64(request.Configuration.Index);
        writer.WriteKey("LastLogIndex"u8);
        writer.WriteUInt64(request.LastLogIndex);
        writer.WriteKey("LastLogTerm"u8);
        writer.WriteUInt64(request.LastLogTerm);
        writer.WriteKey("Leader"u8);
        writer.WriteString(request.Leader);
        writer.WriteKey("Peers"u8);
        writer.WriteBytes(ConfigurationCodec.EncodePeers(request.Configuration.Configuration));
        WriteVersion(writer, RaftWire.ProtocolVersion);
        writer.WriteKey("Size"u8);
        writer.WriteInt64(size);
        writer.WriteKey("SnapshotVersion"u8);
        writer.WriteInt64(RaftWire.SnapshotVersion);
        WriteTerm(writer, request.Term);
    }

    private static void WriteVote(IBufferWriter<byte> output, VoteRequest request, int protocolVersion)
    {
        MsgPackWriter writer = Begin(output, RaftRpc.RequestVote, 6);
        WriteCandidate(writer, request.Candidate, request.LastLogIndex, request.LastLogTerm);
        writer.WriteKey("LeadershipTransfer"u8);
        writer.WriteBool(request.LeadershipTransfer);
        WriteVersion(writer, protocolVersion);
        WriteTerm(writer, request.Term);
    }

    private static void WritePreVote(IBufferWriter<byte> output, PreVoteRequest request)
    {
        MsgPackWriter writer = Begin(output, RaftRpc.PreVote, 5);
        WriteCandidate(writer, request.Candidate, request.LastLogIndex, request.LastLogTerm);
        WriteVersion(writer, RaftWire.ProtocolVersion);
        WriteTerm(writer, request.Term);
    }

    private static MsgPackWriter Begin(IBufferWriter<byte> output, RaftRpc rpc, int fields)
    {
        output.GetSpan(1)[0] = (byte)rpc;
        output.Advance(1);
        var writer = new MsgPackWriter(output);
        writer.WriteMapHeader(fields);
        return writer;
    }

    private static void WriteCandidate(MsgPackWriter writer, string candidate, ulong lastLogIndex, ulong lastLogTerm)
    {
        writer.WriteKey("Candidate"u8);
        writer.WriteString(candidate);
        writer.WriteKey("LastLogIndex"u8);
        writer.WriteUInt64(lastLogIndex);
        writer.WriteKey("LastLogTerm"u8);
        writer.WriteUInt64(lastLogTerm);
    }

    private static void WriteVersion(MsgPackWriter writer, int version)
    {
        writer.WriteKey("ProtocolVersion"u8);
        writer.WriteInt64(version);
    }

    private static void WriteTerm(MsgPackWriter writer, ulong term)
    {
        writer.WriteKey("Term"u8);
        writer.WriteUInt64(term);
    }
}
