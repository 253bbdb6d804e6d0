using System.Diagnostics.CodeAnalysis;

namespace Consul.Fast.Net.Transport;

/// <summary>A new connection, or why there is none; the text names the address and the cause.</summary>
public readonly record struct DialResult(TcpConnection? Connection, string? Error)
{
    [MemberNotNullWhen(true, nameof(Connection))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Connection is not null;
}
