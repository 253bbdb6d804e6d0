using Consul.Fast.Consensus;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Storage.State;

/// <summary>The note that a leader writes for each certificate it signs. It changes nothing but the log's index.</summary>
internal static class CertificateCommands
{
    private const string IncrementIndex = "increment-index";

    public static bool TryApply(ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        var reader = new MsgPackReader(body);
        string op = SystemRequestCodec.ReadOp(ref reader);
        result = op == IncrementIndex ? index : new ApplyError($"Invalid CA operation '{op}'");
        return !reader.Failed;
    }
}
