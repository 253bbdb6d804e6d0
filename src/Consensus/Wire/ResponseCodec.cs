using System.Buffers;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Consensus.Wire;

/// <summary>Answers: an error text, empty for none, and an object, nil for none.</summary>
internal static class ResponseCodec
{
    /// <summary>What the peers' answers to InstallSnapshot and TimeoutNow say; they never fill the field in.</summary>
    private const int NoVersion = 0;

    public static void Write(IBufferWriter<byte> output, RaftResponse? response, string? error)
    {
        var writer = new MsgPackWriter(output);
        writer.WriteString(error ?? "");
        switch (response)
        {
            case null:
                writer.WriteNil();
                break;
            case AppendResponse append:
                writer.WriteMapHeader(5);
                writer.WriteKey("LastLog"u8);
                writer.WriteUInt64(append.LastLog);
                writer.WriteKey("NoRetryBackoff"u8);
                writer.WriteBool(append.NoRetryBackoff);
                WriteVersion(writer, RaftWire.ProtocolVersion);
                WriteSuccess(writer, append.Success);
                WriteTerm(writer, append.Term);
                break;
            case VoteResponse vote:
                writer.WriteMapHeader(4);
                WriteGranted(writer, vote.Granted);
                writer.WriteKey("Peers"u8);
                writer.WriteNil();
                WriteVersion(writer, RaftWire.ProtocolVersion);
                WriteTerm(writer, vote.Term);
                break;
            case PreVoteResponse question:
                writer.WriteMapHeader(3);
                WriteGranted(writer, question.Granted);
                WriteVersion(writer, RaftWire.ProtocolVersion);
                WriteTerm(writer, question.Term);
                break;
            case SnapshotResponse snapshot:
                writer.WriteMapHeader(3);
                WriteVersion(writer, NoVersion);
                WriteSuccess(writer, snapshot.Success);
                WriteTerm(writer, snapshot.Term);
                break;
            case TimeoutNowResponse:
                writer.WriteMapHeader(1);
                WriteVersion(writer, NoVersion);
                break;
            default:
                throw new ArgumentException($"{response.GetType().Name} has no form on the wire", nameof(response));
        }
    }

    /// <summary>Reads the error text of an answer; false when the bytes are none.</summary>
    public static bool TryReadError(ReadOnlySpan<byte> encoded, out string error)
    {
        var reader = new MsgPackReader(encoded);
        error = reader.ReadString();
        return !reader.Failed && reader.AtEnd;
    }

    /// <summary>
    /// Reads the object of an answer; false when the bytes are none. Nil gives an object of zero values, as it does at the
    /// peers; the version is not looked at.
    /// </summary>
    public static bool TryRead(RaftRpc rpc, ReadOnlySpan<byte> encoded, out RaftResponse response)
    {
        var reader = new MsgPackReader(encoded);
        ulong term = 0;
        ulong lastLog = 0;
        bool granted = false;
        bool success = false;
        bool noRetryBackoff = false;
        for (int fields = reader.ReadMapHeader(); fields > 0 && !reader.Failed; fields--)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Term"u8)) term = reader.ReadUInt64();
            else if (key.SequenceEqual("LastLog"u8)) lastLog = reader.ReadUInt64();
            else if (key.SequenceEqual("Granted"u8)) granted = reader.ReadBool();
            else if (key.SequenceEqual("Success"u8)) success = reader.ReadBool();
            else if (key.SequenceEqual("NoRetryBackoff"u8)) noRetryBackoff = reader.ReadBool();
            else reader.Skip();
        }

        response = rpc switch
        {
            RaftRpc.AppendEntries => new AppendResponse(term, lastLog, success, noRetryBackoff),
            RaftRpc.RequestVote => new VoteResponse(term, granted),
            RaftRpc.InstallSnapshot => new SnapshotResponse(term, success),
            RaftRpc.TimeoutNow => new TimeoutNowResponse(0),
            _ => new PreVoteResponse(term, granted),
        };
        return !reader.Failed && reader.AtEnd;
    }

    private static void WriteVersion(MsgPackWriter writer, int version)
    {
        writer.WriteKey("ProtocolVersion"u8);
        writer.WriteInt64(version);
    }

    private static void WriteGranted(MsgPackWriter writer, bool granted)
    {
        writer.WriteKey("Granted"u8);
        writer.WriteBool(granted);
    }

    private static void WriteSuccess(MsgPackWriter writer, bool success)
    {
        writer.WriteKey("Success"u8);
        writer.WriteBool(success);
    }

    private static void WriteTerm(MsgPackWriter writer, ulong term)
    {
        writer.WriteKey("Term"u8);
        writer.WriteUInt64(term);
    }
}
