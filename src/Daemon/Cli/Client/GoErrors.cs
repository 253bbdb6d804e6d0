using System.Net.Sockets;

namespace Consul.Fast.Daemon.Cli.Client;

/// <summary>System faults in the words that scripts around Consul know.</summary>
internal static class GoErrors
{
    /// <summary><c>open f: no such file or directory</c></summary>
    public static string File(string operation, string path, Exception fault) => $"{operation} {path}: {Reason(fault, path)}";

    /// <summary><c>dial tcp 127.0.0.1:8500: connect: connection refused</c></summary>
    public static string Dial(string network, string address, SocketException fault) => $"dial {network} {address}: {Reason(fault)}";

    /// <summary>True for the faults of the file system that a user can cause.</summary>
    public static bool IsFileFault(Exception fault) => fault is IOException or UnauthorizedAccessException;

    private static string Reason(SocketException fault) => fault.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connect: connection refused",
        SocketError.TimedOut => "connect: connection timed out",
        SocketError.NetworkUnreachable => "connect: network is unreachable",
        SocketError.HostUnreachable => "connect: no route to host",
        SocketError.HostNotFound or SocketError.NoData => "no such host",
        SocketError.AddressNotAvailable => "connect: no such file or directory",
        SocketError.AccessDenied => "connect: permission denied",
        _ => fault.Message,
    };

    private static string Reason(Exception fault, string path) => fault switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
        UnauthorizedAccessException => Directory.Exists(path) ? "is a directory" : "permission denied",
        _ => fault.Message,
    };
}
