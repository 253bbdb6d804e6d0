using System.Net.Sockets;
using System.Text;
using Consul.Fast.Daemon.Agent.Pools;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

public sealed class ServiceManagerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readiness_is_sent_to_the_socket(bool isAbstract)
    {
        string name = $"{Path.GetTempPath()}{Guid.NewGuid():N}";
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? $"\0{name}" : name));
        socket.ReceiveTimeout = 10_000;
        Assert.Null(new ServiceManager(isAbstract ? $"@{name}" : name).Ready());
        byte[] message = new byte[64];
        Assert.Equal("READY=1", Encoding.ASCII.GetString(message, 0, socket.Receive(message)));
        if (!isAbstract) File.Delete(name);
    }

    [Fact]
    public void Without_a_socket_nobody_is_told()
    {
        Assert.Equal("No socket", new ServiceManager("").Ready());
        Assert.NotNull(new ServiceManager("/nowhere/to/send").Ready());
        Assert.NotNull(new ServiceManager(new string('a', 200)).Ready());
    }
}
