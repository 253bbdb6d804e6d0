using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Tests.Tls;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>Calls inside TLS: pooled with the dialer's certificate, and single ones without any.</summary>
public sealed class RpcOverTlsTests : IAsyncDisposable
{
    private readonly TimerWheel _timers = new();
    private readonly TestAuthority _authority = new();
    private readonly X509Certificate2 _certificate;
    private readonly TlsFiles _files;
    private readonly LoopbackServer _server;
    private readonly RpcPool _pool;

    public RpcOverTlsTests()
    {
        _certificate = _authority.Server();
        _files = TlsFiles.With(_authority, _certificate);
        _server = new LoopbackServer(_files.Load());
        var dialer = new TcpDialer(_files.Load(static settings => settings with { VerifyOutgoing = true }));
        _pool = new RpcPool(new RpcDialer(dialer), new RpcPoolSettings { Datacenter = "dc1" }, _timers, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _server.DisposeAsync();
        _files.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
        _timers.Dispose();
    }

    [Fact]
    public async Task Pooled_calls_go_through_one_connection()
    {
        byte[] value = new byte[500_000];
        new Random(2).NextBytes(value);
        for (int i = 0; i < 3; i++)
        {
            RpcResponse<byte[]> response = await _pool.CallAsync(_server.Address, TestMethods.EchoCall, value).InTimeAsync();
            Assert.Null(response.Error);
            Assert.Equal(value, response.Value);
        }

        Assert.Equal(1, _server.Accepted);
    }

    [Fact]
    public async Task A_call_without_certificate_has_a_connection_of_its_own()
    {
        for (int i = 1; i <= 2; i++)
        {
            RpcResponse<byte[]> response = await _pool.CallInsecureAsync(_server.Address, TestMethods.EchoCall, [1, 2]).InTimeAsync();
            Assert.Null(response.Error);
            Assert.Equal([1, 2], response.Value);
            Assert.Equal(i, _server.Accepted);
        }
    }

    [Fact]
    public async Task Errors_of_a_call_without_certificate_have_their_own_prefixes()
    {
        byte[] text = "Auto Config is disabled"u8.ToArray();
        RpcResponse<byte[]> refused = await _pool.CallInsecureAsync(_server.Address, TestMethods.FailCall, text).InTimeAsync();
        Assert.Equal((RpcOutcome.Refused, "rpcinsecure error making call: Auto Config is disabled"), (refused.Outcome, refused.Error));
        await using var plain = new LoopbackServer();
        RpcResponse<byte[]> unreachable = await _pool.CallInsecureAsync(plain.Address, TestMethods.FailCall, text).InTimeAsync();
        Assert.Equal(RpcOutcome.NotSent, unreachable.Outcome);
        Assert.StartsWith("rpcinsecure error establishing connection: ", unreachable.Error, StringComparison.Ordinal);
    }
}
