using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Consul.Fast.Net.Datagrams;

/// <summary>
/// The system's headers over the slots of a batch, in pinned memory, built once. A receive restores only what the system
/// has changed.
/// </summary>
internal sealed unsafe class MessageVector
{
    /// <summary>The longest socket address, rounded up to keep them aligned.</summary>
    private const int NameStride = 32;

    private readonly DatagramBatch _batch;
    private readonly Message[] _messages;
    private readonly MessagePart[] _parts;
    private readonly byte[] _names;
    private bool _isForReceive;

    public MessageVector(DatagramBatch batch)
    {
        _batch = batch;
        _messages = GC.AllocateArray<Message>(batch.Capacity, pinned: true);
        _parts = GC.AllocateArray<MessagePart>(batch.Capacity, pinned: true);
        _names = GC.AllocateArray<byte>(batch.Capacity * NameStride, pinned: true);
        for (int i = 0; i < batch.Capacity; i++)
        {
            _parts[i].Start = batch.SlotPointer(i);
            ref MessageHeader header = ref _messages[i].Header;
            header.Name = (byte*)Unsafe.AsPointer(ref _names[i * NameStride]);
            header.Parts = (MessagePart*)Unsafe.AsPointer(ref _parts[i]);
            header.PartCount = 1;
        }
    }

    /// <summary>The headers; they do not move.</summary>
    public Message* Messages => (Message*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_messages));

    public void PrepareReceive()
    {
        if (_isForReceive) return;
        _isForReceive = true;
        for (int i = 0; i < _messages.Length; i++)
        {
            _messages[i].Header.NameLength = NameStride;
            _parts[i].Length = (nuint)_batch.SlotBytes;
        }
    }

    public void PrepareSend(bool isV6)
    {
        _isForReceive = false;
        for (int i = 0; i < _batch.Count; i++)
        {
            ref readonly Datagram datagram = ref _batch[i];
            _messages[i].Header.NameLength = (uint)WriteName(datagram.Address, isV6, Name(i));
            _parts[i].Length = (nuint)datagram.Length;
        }
    }

    /// <summary>Moves what the system tells of the first messages into the batch.</summary>
    /// <returns>How many bytes they have.</returns>
    public long TakeReceived(int count, ref long truncated)
    {
        long bytes = 0;
        for (int i = 0; i < count; i++)
        {
            ref Message message = ref _messages[i];
            bool isTruncated = (message.Header.Flags & NativeMessages.Truncated) != 0;
            int length = (int)Math.Min(message.Length, (uint)_batch.SlotBytes);
            _batch.SetReceived(i, ReadName(Name(i), message.Header.NameLength), length, isTruncated);
            message.Header.NameLength = NameStride;
            bytes += length;
            if (isTruncated) truncated++;
        }

        return bytes;
    }

    /// <summary>Writes a socket address.</summary>
    /// <param name="isV6">Whether the socket is one of IPv6 and needs IPv4 addresses mapped.</param>
    /// <returns>Its length.</returns>
    public static int WriteName(PeerAddress address, bool isV6, Span<byte> name)
    {
        // An IPv6 address on an IPv4 socket is written as it is: the system refuses it with the right error.
        bool asV6 = isV6 || !address.IsIPv4;
        MemoryMarshal.Write(name, asV6 ? NativeMessages.FamilyV6 : NativeMessages.FamilyV4);
        address.WriteSocketAddress(asV6, name);
        return asV6 ? PeerAddress.SocketAddressV6Bytes : PeerAddress.SocketAddressV4Bytes;
    }

    private static PeerAddress ReadName(ReadOnlySpan<byte> name, uint length)
    {
        ushort family = MemoryMarshal.Read<ushort>(name);
        bool isV6 = family == NativeMessages.FamilyV6 && length >= PeerAddress.SocketAddressV6Bytes;
        bool isV4 = family == NativeMessages.FamilyV4 && length >= PeerAddress.SocketAddressV4Bytes;
        return isV6 || isV4 ? PeerAddress.FromSocketAddress(isV6, name) : default;
    }

    private Span<byte> Name(int index) => _names.AsSpan(index * NameStride, NameStride);
}
