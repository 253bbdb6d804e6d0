using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Checks of sidecar registrations.</summary>
internal static class SidecarCheckCodec
{
    public static void Write(MsgPackWriter writer, SidecarCheck? check)
    {
        if (check is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(29);
        writer.WriteKey("AliasNode"u8);
        writer.WriteString(check.AliasNode);
        writer.WriteKey("AliasService"u8);
        writer.WriteString(check.AliasService);
        writer.WriteKey("Body"u8);
        writer.WriteString(check.Body);
        writer.WriteKey("CheckID"u8);
        writer.WriteString(check.CheckId);
        writer.WriteKey("DeregisterCriticalServiceAfter"u8);
        writer.WriteInt64(check.DeregisterCriticalServiceAfterNs);
        writer.WriteKey("DisableRedirects"u8);
        writer.WriteBool(check.DisableRedirects);
        writer.WriteKey("DockerContainerID"u8);
        writer.WriteString(check.DockerContainerId);
        writer.WriteKey("FailuresBeforeCritical"u8);
        writer.WriteInt64(check.FailuresBeforeCritical);
        writer.WriteKey("GRPC"u8);
        writer.WriteString(check.Grpc);
        writer.WriteKey("GRPCUseTLS"u8);
        writer.WriteBool(check.GrpcUseTls);
        writer.WriteKey("H2PING"u8);
        writer.WriteString(check.H2Ping);
        writer.WriteKey("HTTP"u8);
        writer.WriteString(check.Http);
        writer.WriteKey("Header"u8);
        MsgPackCollections.WriteMap(writer, check.Header, MsgPackCollections.WriteStrings);
        writer.WriteKey("Interval"u8);
        writer.WriteInt64(check.IntervalNs);
        writer.WriteKey("Method"u8);
        writer.WriteString(check.Method);
        writer.WriteKey("Name"u8);
        writer.WriteString(check.Name);
        writer.WriteKey("Notes"u8);
        writer.WriteString(check.Notes);
        writer.WriteKey("OutputMaxSize"u8);
        writer.WriteInt64(check.OutputMaxSize);
        writer.WriteKey("ProxyGRPC"u8);
        writer.WriteString(check.ProxyGrpc);
        writer.WriteKey("ProxyHTTP"u8);
        writer.WriteString(check.ProxyHttp);
        writer.WriteKey("ScriptArgs"u8);
        MsgPackCollections.WriteStrings(writer, check.ScriptArgs);
        writer.WriteKey("Shell"u8);
        writer.WriteString(check.Shell);
        writer.WriteKey("Status"u8);
        writer.WriteString(check.Status);
        writer.WriteKey("SuccessBeforePassing"u8);
        writer.WriteInt64(check.SuccessBeforePassing);
        writer.WriteKey("TCP"u8);
        writer.WriteString(check.Tcp);
        writer.WriteKey("TLSServerName"u8);
        writer.WriteString(check.TlsServerName);
        writer.WriteKey("TLSSkipVerify"u8);
        writer.WriteBool(check.TlsSkipVerify);
        writer.WriteKey("TTL"u8);
        writer.WriteInt64(check.TtlNs);
        writer.WriteKey("Timeout"u8);
        writer.WriteInt64(check.TimeoutNs);
    }

    /// <summary>Nil gives null.</summary>
    public static SidecarCheck? Read(ref MsgPackReader reader)
    {
        int count = reader.ReadMapHeader();
        if (count < 0) return null;
        SidecarCheck check = SidecarCheck.None;
        for (int i = 0; i < count && !reader.Failed; i++) check = ReadField(check, reader.ReadKey(), ref reader);
        return check;
    }

    /// <summary>Rare enough for a copy per field.</summary>
    private static SidecarCheck ReadField(SidecarCheck check, ReadOnlySpan<byte> key, ref MsgPackReader reader)
    {
        if (key.SequenceEqual("AliasNode"u8)) return check with { AliasNode = reader.ReadString() };
        if (key.SequenceEqual("AliasService"u8)) return check with { AliasService = reader.ReadString() };
        if (key.SequenceEqual("Body"u8)) return check with { Body = reader.ReadString() };
        if (key.SequenceEqual("CheckID"u8)) return check with { CheckId = reader.ReadString() };
        if (key.SequenceEqual("DeregisterCriticalServiceAfter"u8))
            return check with { DeregisterCriticalServiceAfterNs = reader.ReadInt64() };
        if (key.SequenceEqual("DisableRedirects"u8)) return check with { DisableRedirects = reader.ReadBool() };
        if (key.SequenceEqual("DockerContainerID"u8)) return check with { DockerContainerId = reader.ReadString() };
        if (key.SequenceEqual("FailuresBeforeCritical"u8)) return check with { FailuresBeforeCritical = reader.ReadInt64() };
        if (key.SequenceEqual("GRPC"u8)) return check with { Grpc = reader.ReadString() };
        if (key.SequenceEqual("GRPCUseTLS"u8)) return check with { GrpcUseTls = reader.ReadBool() };
        if (key.SequenceEqual("H2PING"u8)) return check with { H2Ping = reader.ReadString() };
        if (key.SequenceEqual("HTTP"u8)) return check with { Http = reader.ReadString() };
        if (key.SequenceEqual("Header"u8))
            return check with { Header = MsgPackCollections.ReadMap<IReadOnlyList<string>?>(ref reader, MsgPackCollections.ReadStrings) };
        if (key.SequenceEqual("Interval"u8)) return check with { IntervalNs = reader.ReadInt64() };
        if (key.SequenceEqual("Method"u8)) return check with { Method = reader.ReadString() };
        if (key.SequenceEqual("Name"u8)) return check with { Name = reader.ReadString() };
        if (key.SequenceEqual("Notes"u8)) return check with { Notes = reader.ReadString() };
        if (key.SequenceEqual("OutputMaxSize"u8)) return check with { OutputMaxSize = reader.ReadInt64() };
        if (key.SequenceEqual("ProxyGRPC"u8)) return check with { ProxyGrpc = reader.ReadString() };
        if (key.SequenceEqual("ProxyHTTP"u8)) return check with { ProxyHttp = reader.ReadString() };
        if (key.SequenceEqual("ScriptArgs"u8)) return check with { ScriptArgs = MsgPackCollections.ReadStrings(ref reader) };
        if (key.SequenceEqual("Shell"u8)) return check with { Shell = reader.ReadString() };
        if (key.SequenceEqual("Status"u8)) return check with { Status = reader.ReadString() };
        if (key.SequenceEqual("SuccessBeforePassing"u8)) return check with { SuccessBeforePassing = reader.ReadInt64() };
        if (key.SequenceEqual("TCP"u8)) return check with { Tcp = reader.ReadString() };
        if (key.SequenceEqual("TLSServerName"u8)) return check with { TlsServerName = reader.ReadString() };
        if (key.SequenceEqual("TLSSkipVerify"u8)) return check with { TlsSkipVerify = reader.ReadBool() };
        if (key.SequenceEqual("TTL"u8)) return check with { TtlNs = reader.ReadInt64() };
        if (key.SequenceEqual("Timeout"u8)) return check with { TimeoutNs = reader.ReadInt64() };
        reader.Skip();
        return check;
    }
}
