using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>A change of the autopilot's configuration, in commands and calls.</summary>
public static class AutopilotRequestCodec
{
    public static void Write(MsgPackWriter writer, AutopilotRequest request)
    {
        writer.WriteMapHeader(4);
        writer.WriteKey("CAS"u8);
        writer.WriteBool(request.Cas);
        writer.WriteKey("Config"u8);
        AutopilotConfigurationCodec.Write(writer, request.Configuration);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static AutopilotRequest Read(ref MsgPackReader reader)
    {
        bool cas = false;
        string datacenter = "", token = "";
        AutopilotConfiguration? configuration = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("CAS"u8)) cas = reader.ReadBool();
            else if (key.SequenceEqual("Config"u8)) configuration = AutopilotConfigurationCodec.Read(ref reader);
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        return new AutopilotRequest
        {
            Cas = cas,
            Configuration = configuration ?? new AutopilotConfiguration(),
            Datacenter = datacenter,
            Token = token,
        };
    }
}
