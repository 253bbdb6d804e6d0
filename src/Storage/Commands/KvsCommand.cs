using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>A key-value command read in place: operation, key and value point into the entry's data.</summary>
internal ref struct KvsCommand
{
    public ReadOnlySpan<byte> Op;
    public DirEntryView DirEnt;

    public static bool TryDecode(ReadOnlySpan<byte> body, out KvsCommand command)
    {
        command = default;
        command.DirEnt.Session = "";
        var reader = new MsgPackReader(body);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("DirEnt"u8)) command.DirEnt = DirEntryCodec.ReadView(ref reader);
            else if (key.SequenceEqual("Op"u8)) command.Op = reader.ReadKey();
            else reader.Skip();
        }

        return !reader.Failed;
    }
}
