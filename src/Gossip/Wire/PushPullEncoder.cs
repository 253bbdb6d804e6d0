using System.Buffers;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Wire;

/// <summary>Encodes state exchanges and user messages as they go on streams. Pure; allocates nothing itself.</summary>
internal static class PushPullEncoder
{
    /// <param name="userState">Encoded user state; empty for none. What the state holds decoded is not looked at.</param>
    public static void Encode(in PushPullState state, ReadOnlySpan<byte> userState, IBufferWriter<byte> output)
    {
        StructWriter header = new(output, MessageType.PushPull, 3);
        header.Bool("Join"u8, state.IsJoin);
        header.Unsigned("Nodes"u8, (uint)state.Nodes.Length);
        header.Unsigned("UserStateLen"u8, (uint)userState.Length);
        foreach (ref readonly PushNodeState node in state.Nodes.Span) Encode(node, output);
        output.Write(userState);
    }

    public static void EncodeUser(ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        StructWriter header = new(output, MessageType.User, 1);
        header.Unsigned("UserMsgLen"u8, (uint)message.Length);
        output.Write(message);
    }

    private static void Encode(in PushNodeState node, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, 7);
        writer.Address("Addr"u8, node.Addr);
        writer.Unsigned("Incarnation"u8, node.Incarnation);
        writer.Optional("Meta"u8, node.Meta);
        writer.Raw("Name"u8, node.Name);
        writer.Unsigned("Port"u8, node.Addr.Port);
        writer.Unsigned("State"u8, (uint)node.State);
        writer.Versions("Vsn"u8, node.Vsn);
    }
}
