using System.Buffers;
using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server;

/// <summary>Encodes a command once, in the form of wire and log, and proposes it. Thread safe.</summary>
internal sealed class CommandProposer(IConsensus consensus)
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    public ValueTask<ProposalResult> ProposeAsync(RegisterRequest request) => ProposeAsync(request, CommandCodec.Encode);

    public ValueTask<ProposalResult> ProposeAsync(DeregisterRequest request) => ProposeAsync(request, CommandCodec.Encode);

    public ValueTask<ProposalResult> ProposeAsync(KvsRequest request) => ProposeAsync(request, CommandCodec.Encode);

    public ValueTask<ProposalResult> ProposeAsync(SessionRequest request) => ProposeAsync(request, CommandCodec.Encode);

    public ValueTask<ProposalResult> ProposeAsync(TombstoneRequest request) => ProposeAsync(request, CommandCodec.Encode);

    public ValueTask<ProposalResult> ProposeAsync(TxnRequest request) => ProposeAsync(request, CommandCodec.Encode);

    public ValueTask<ProposalResult> ProposeAsync(AutopilotRequest request) => ProposeAsync(request, CommandCodec.Encode);

    public ValueTask<ProposalResult> ProposeAsync(IReadOnlyList<Coordinate> batch) => ProposeAsync(batch, CommandCodec.Encode);

    private ValueTask<ProposalResult> ProposeAsync<T>(T request, Action<T, IBufferWriter<byte>> encode)
    {
        ArrayBufferWriter<byte> scratch = _scratch ??= new ArrayBufferWriter<byte>(4096);
        scratch.ResetWrittenCount();
        encode(request, scratch);
        // The log entry keeps its bytes, so they are copied out once, at their exact size.
        return consensus.ProposeAsync(scratch.WrittenSpan.ToArray());
    }
}
