using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class AgentAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:99999", "http://127.0.0.1:99999", "dial tcp: address 99999: invalid port")]
    [InlineData("http://[::1]:99999", "http://[::1]:99999", "dial tcp: address 99999: invalid port")]
    [InlineData("127.0.0.1:x", "http://127.0.0.1:x", "dial tcp: lookup 127.0.0.1:x: no such host")]
    [InlineData("a b", "http://a%20b", "dial tcp: lookup a b: no such host")]
    [InlineData("127.0.0.1:1/x", "http://127.0.0.1:1%2Fx", "dial tcp: lookup 127.0.0.1:1/x: no such host")]
    [InlineData("user@h:1", "http://user%40h:1", "dial tcp: lookup user@h: no such host")]
    [InlineData("h?x", "http://h%3Fx", "dial tcp: lookup h?x: no such host")]
    [InlineData("%zz", "http://%25zz", "dial tcp: lookup %zz: no such host")]
    [InlineData("127.0.0.1:1", "http://127.0.0.1:1", "dial tcp 127.0.0.1:1: connect: connection refused")]
    public async Task Address_that_leads_nowhere_is_shown_as_it_was_given(string address, string shown, string reason)
    {
        CliRun run = await CliRun.Of(["kv", "get", "x"], new() { ["CONSUL_HTTP_ADDR"] = address });
        Assert.Equal(new CliRun(1, "", $"Error querying Consul agent: Get \"{shown}/v1/kv/x\": {reason}\n"), run);
    }

    [Fact]
    public async Task Address_that_no_uri_can_have_is_dialled_all_the_same()
    {
        if (!Socket.OSSupportsIPv6) return;
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        Task serving = Task.Run(async () =>
        {
            using Socket client = await listener.AcceptAsync();
            await client.ReceiveAsync(new byte[4096]);
            await client.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\n[\"dc1\"]"));
        });
        CliRun run = await CliRun.Of(
            ["catalog", "datacenters"], new() { ["CONSUL_HTTP_ADDR"] = $"::1:{((IPEndPoint)listener.LocalEndPoint!).Port}" });
        Assert.Equal(new CliRun(0, "dc1\n", ""), run);
        await serving;
    }
}
