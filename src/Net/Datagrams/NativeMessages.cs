using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Consul.Fast.Net.Datagrams;

/// <summary>A part of a message: <c>struct iovec</c>.</summary>
internal unsafe struct MessagePart
{
    public byte* Start;
    public nuint Length;
}

/// <summary>A message's address and parts: <c>struct msghdr</c>.</summary>
internal unsafe struct MessageHeader
{
    public byte* Name;
    public uint NameLength;
    public MessagePart* Parts;
    public nuint PartCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>One element of the batch calls: <c>struct mmsghdr</c>.</summary>
internal struct Message
{
    public MessageHeader Header;
    public uint Length;
}

/// <summary>
/// The batch calls of Linux. All calls never wait. A call that fails returns -1 and leaves the error for
/// <see cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static unsafe partial class NativeMessages
{
    public const int TryAgain = 11;
    public const int Interrupted = 4;
    public const int MessageTooLong = 90;
    public const int FamilyNotSupported = 97;
    public const int NetworkDown = 100;
    public const int NetworkUnreachable = 101;
    public const int ConnectionRefused = 111;
    public const int HostUnreachable = 113;
    public const int BadDescriptor = 9;

    /// <summary>The flag of a received message whose end is lost.</summary>
    public const int Truncated = 0x20;

    public const ushort FamilyV4 = 2;
    public const ushort FamilyV6 = 10;

    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;

    /// <summary>Tries both calls with no message, which changes nothing.</summary>
    /// <returns>Why they cannot be used, or null.</returns>
    public static string? WhyUnavailable(SafeSocketHandle socket)
    {
        if (!OperatingSystem.IsLinux()) return "not Linux";
        try
        {
            bool works = Receive(socket, null, 0) == 0 && Send(socket, null, 0) == 0;
            return works ? null : Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return e.Message;
        }
    }

    public static int Receive(SafeSocketHandle socket, Message* messages, int count) =>
        ReceiveMessages(socket, messages, (uint)count, DontWait, null);

    public static int Send(SafeSocketHandle socket, Message* messages, int count) =>
        SendMessages(socket, messages, (uint)count, DontWait | NoSignal);

    public static nint SendOne(SafeSocketHandle socket, byte* payload, int length, byte* address, int addressLength) =>
        SendTo(socket, payload, (nuint)length, DontWait | NoSignal, address, (uint)addressLength);

    public static DatagramStatus StatusOf(int error) => error switch
    {
        TryAgain => DatagramStatus.WouldBlock,
        MessageTooLong => DatagramStatus.TooLong,
        FamilyNotSupported or NetworkDown or NetworkUnreachable or HostUnreachable => DatagramStatus.Unreachable,
        BadDescriptor => DatagramStatus.Closed,
        _ => DatagramStatus.Failed,
    };

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMessages(SafeSocketHandle socket, Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMessages(SafeSocketHandle socket, Message* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(SafeSocketHandle socket, byte* payload, nuint length, int flags, byte* address, uint addressLength);
}
