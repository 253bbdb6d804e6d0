using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>How a check is to be run, as part of a health check.</summary>
internal static class CheckDefinitionCodec
{
    public static void Write(MsgPackWriter writer, CheckDefinition definition)
    {
        writer.WriteMapHeader(21);
        writer.WriteKey("AliasNode"u8);
        writer.WriteString(definition.AliasNode);
        writer.WriteKey("AliasService"u8);
        writer.WriteString(definition.AliasService);
        writer.WriteKey("Body"u8);
        writer.WriteString(definition.Body);
        writer.WriteKey("DeregisterCriticalServiceAfter"u8);
        writer.WriteInt64(definition.DeregisterCriticalServiceAfterNs);
        writer.WriteKey("DisableRedirects"u8);
        writer.WriteBool(definition.DisableRedirects);
        writer.WriteKey("DockerContainerID"u8);
        writer.WriteString(definition.DockerContainerId);
        writer.WriteKey("GRPC"u8);
        writer.WriteString(definition.Grpc);
        writer.WriteKey("GRPCUseTLS"u8);
        writer.WriteBool(definition.GrpcUseTls);
        writer.WriteKey("H2PING"u8);
        writer.WriteString(definition.H2Ping);
        writer.WriteKey("HTTP"u8);
        writer.WriteString(definition.Http);
        writer.WriteKey("Header"u8);
        MsgPackCollections.WriteMap(writer, definition.Header, MsgPackCollections.WriteStrings);
        writer.WriteKey("Interval"u8);
        writer.WriteInt64(definition.IntervalNs);
        writer.WriteKey("Method"u8);
        writer.WriteString(definition.Method);
        writer.WriteKey("OutputMaxSize"u8);
        writer.WriteUInt64(definition.OutputMaxSize);
        writer.WriteKey("ScriptArgs"u8);
        MsgPackCollections.WriteStrings(writer, definition.ScriptArgs);
        writer.WriteKey("Shell"u8);
        writer.WriteString(definition.Shell);
        writer.WriteKey("TCP"u8);
        writer.WriteString(definition.Tcp);
        writer.WriteKey("TLSServerName"u8);
        writer.WriteString(definition.TlsServerName);
        writer.WriteKey("TLSSkipVerify"u8);
        writer.WriteBool(definition.TlsSkipVerify);
        writer.WriteKey("TTL"u8);
        writer.WriteInt64(definition.TtlNs);
        writer.WriteKey("Timeout"u8);
        writer.WriteInt64(definition.TimeoutNs);
    }

    public static CheckDefinition Read(ref MsgPackReader reader)
    {
        string aliasNode = "", aliasService = "", body = "", dockerContainerId = "", grpc = "", h2Ping = "", http = "";
        string method = "", shell = "", tcp = "", tlsServerName = "";
        long deregisterCriticalServiceAfterNs = 0, intervalNs = 0, ttlNs = 0, timeoutNs = 0;
        bool disableRedirects = false, grpcUseTls = false, tlsSkipVerify = false;
        SortedMap<IReadOnlyList<string>?>? header = null;
        ulong outputMaxSize = 0;
        IReadOnlyList<string>? scriptArgs = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("AliasNode"u8)) aliasNode = reader.ReadString();
            else if (key.SequenceEqual("AliasService"u8)) aliasService = reader.ReadString();
            else if (key.SequenceEqual("Body"u8)) body = reader.ReadString();
            else if (key.SequenceEqual("DeregisterCriticalServiceAfter"u8)) deregisterCriticalServiceAfterNs = reader.ReadInt64();
            else if (key.SequenceEqual("DisableRedirects"u8)) disableRedirects = reader.ReadBool();
            else if (key.SequenceEqual("DockerContainerID"u8)) dockerContainerId = reader.ReadString();
            else if (key.SequenceEqual("GRPC"u8)) grpc = reader.ReadString();
            else if (key.SequenceEqual("GRPCUseTLS"u8)) grpcUseTls = reader.ReadBool();
            else if (key.SequenceEqual("H2PING"u8)) h2Ping = reader.ReadString();
            else if (key.SequenceEqual("HTTP"u8)) http = reader.ReadString();
            else if (key.SequenceEqual("Header"u8)) header = ReadHeader(ref reader);
            else if (key.SequenceEqual("Interval"u8)) intervalNs = reader.ReadInt64();
            else if (key.SequenceEqual("Method"u8)) method = reader.ReadString();
            else if (key.SequenceEqual("OutputMaxSize"u8)) outputMaxSize = reader.ReadUInt64();
            else if (key.SequenceEqual("ScriptArgs"u8)) scriptArgs = MsgPackCollections.ReadStrings(ref reader);
            else if (key.SequenceEqual("Shell"u8)) shell = reader.ReadString();
            else if (key.SequenceEqual("TCP"u8)) tcp = reader.ReadString();
            else if (key.SequenceEqual("TLSServerName"u8)) tlsServerName = reader.ReadString();
            else if (key.SequenceEqual("TLSSkipVerify"u8)) tlsSkipVerify = reader.ReadBool();
            else if (key.SequenceEqual("TTL"u8)) ttlNs = reader.ReadInt64();
            else if (key.SequenceEqual("Timeout"u8)) timeoutNs = reader.ReadInt64();
            else reader.Skip();
        }

        return new CheckDefinition
        {
            AliasNode = aliasNode,
            AliasService = aliasService,
            Body = body,
            DeregisterCriticalServiceAfterNs = deregisterCriticalServiceAfterNs,
            DisableRedirects = disableRedirects,
            DockerContainerId = dockerContainerId,
            Grpc = grpc,
            GrpcUseTls = grpcUseTls,
            H2Ping = h2Ping,
            Http = http,
            Header = header,
            IntervalNs = intervalNs,
            Method = method,
            OutputMaxSize = outputMaxSize,
            ScriptArgs = scriptArgs,
            Shell = shell,
            Tcp = tcp,
            TlsServerName = tlsServerName,
            TlsSkipVerify = tlsSkipVerify,
            TtlNs = ttlNs,
            TimeoutNs = timeoutNs,
        };
    }

    private static SortedMap<IReadOnlyList<string>?>? ReadHeader(ref MsgPackReader reader) =>
        MsgPackCollections.ReadMap<IReadOnlyList<string>?>(ref reader, MsgPackCollections.ReadStrings);
}
