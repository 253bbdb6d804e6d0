using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>The mesh gateway setting, an object with the one field <c>Mode</c>.</summary>
internal static class MeshGatewayCodec
{
    public static void Write(MsgPackWriter writer, string mode)
    {
        writer.WriteMapHeader(1);
        writer.WriteKey("Mode"u8);
        writer.WriteString(mode);
    }

    public static string Read(ref MsgPackReader reader)
    {
        string mode = "";
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            if (reader.ReadKey().SequenceEqual("Mode"u8)) mode = reader.ReadString();
            else reader.Skip();
        }

        return mode;
    }
}
