using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Tests.Tls;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;
using Consul.Fast.Tests.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>TLS on the RPC port of the running program, and certificates that change while it runs.</summary>
public sealed class RpcTlsTests : IDisposable
{
    private const byte TlsInsecure = 7;

    private static readonly RpcMethodCall<RpcNothing, RpcNothing> s_ping = new("Status.Ping", RpcCodecs.WriteNothing, RpcCodecs.ReadNothing);

    private readonly string _folder = Leftovers.NewFolder("certificates");
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("Other CA");
    private readonly X509Certificate2 _server;
    private readonly X509Certificate2 _client;

    public RpcTlsTests()
    {
        _server = _authority.Server();
        _client = _authority.Client();
        Write("ca.pem", _authority.Pem);
        WritePair(_server);
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Verified_port_takes_calls_inside_tls_and_refuses_all_else()
    {
        using Agent agent = await StartAsync();
        foreach (byte mode in (byte[])[0, 1, 2, 4, 5, 6, 8])
        {
            await using RpcPeer clear = await RpcPeer.ConnectAsync(agent.ServerPort, mode);
            await clear.ExpectSilentEndAsync();
        }

        await Until.True(() => agent.Output.Contains("in the clear while incoming connections are verified"), "the log line");
        foreach (bool multiplexed in (bool[])[true, false])
        {
            await using RpcPeer peer = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Tls);
            Assert.Equal(_server.Thumbprint, (await peer.UpgradeAsync(_client)).Thumbprint);
            await peer.SendAsync([multiplexed ? RpcBytes.Multiplexed : RpcBytes.Plain]);
            for (int i = 0; i < 3; i++) await peer.PingAsync(multiplexed);

            await using RpcPeer native = await RpcPeer.ConnectAsync(agent.ServerPort);
            await native.UpgradeAsync(_client, multiplexed ? "consul/rpc-multi" : "consul/rpc-single");
            await native.PingAsync(multiplexed);
        }
    }

    [Theory]
    [InlineData(0x03)]
    [InlineData(0x07)]
    [InlineData(0x02)]
    [InlineData(0x06)]
    [InlineData(0x08)]
    [InlineData(0x16)]
    public async Task Mode_that_does_not_exist_inside_tls_is_closed(byte inner)
    {
        using Agent agent = await StartAsync();
        await using RpcPeer peer = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Tls);
        await peer.UpgradeAsync(_client);
        await peer.SendAsync([inner]);
        await peer.ExpectSilentEndAsync();
    }

    [Fact]
    public async Task Peer_without_a_known_certificate_is_refused()
    {
        using Agent agent = await StartAsync();
        using X509Certificate2 foreign = _stranger.Client();
        foreach (X509Certificate2? certificate in (X509Certificate2?[])[null, foreign])
        {
            foreach (byte[] first in (byte[][])[[RpcBytes.Tls], []])
            {
                await using RpcPeer peer = await RpcPeer.ConnectAsync(agent.ServerPort, first);
                await Assert.ThrowsAnyAsync<Exception>(async () =>
                {
                    await peer.UpgradeAsync(certificate, first.Length == 0 ? "consul/rpc-multi" : null);
                    if (first.Length > 0) await peer.SendAsync([RpcBytes.Multiplexed]);
                    await peer.PingAsync();
                });
            }
        }

        await Until.True(() => agent.Output.Contains("tls: client didn't provide a certificate"), "the reason in the log");
        await Until.True(() => agent.Output.Contains("x509: certificate signed by unknown authority"), "the reason in the log");

    }

    [Fact]
    public async Task Peer_without_a_certificate_gets_the_reduced_services()
    {
        using Agent agent = await StartAsync();
        await using RpcPeer sign = await RpcPeer.ConnectAsync(agent.ServerPort, TlsInsecure);
        await sign.UpgradeAsync(certificate: null);
        await sign.SendAsync(RpcBytes.Call("AutoEncrypt.Sign", [0x80]));
        await sign.ExpectTextAsync("Connect must be enabled in order to use this endpoint");

        await using RpcPeer ping = await RpcPeer.ConnectAsync(agent.ServerPort, TlsInsecure);
        await ping.UpgradeAsync(certificate: null);
        await ping.SendAsync(RpcBytes.Ping);
        await ping.ExpectTextAsync("rpc: can't find service Status.Ping");
    }

    [Fact]
    public async Task Port_that_does_not_verify_offers_tls_beside_the_clear()
    {
        using Agent agent = await StartAsync(("verify_incoming", false));
        await using RpcPeer clear = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Multiplexed);
        await clear.PingAsync();
        await using RpcPeer inside = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Tls);
        await inside.UpgradeAsync(certificate: null);
        await inside.SendAsync([RpcBytes.Multiplexed]);
        await inside.PingAsync();
    }

    [Fact]
    public async Task Handshake_that_does_not_come_is_given_up()
    {
        using Agent agent = await StartAsync(("limits", new JsonObject { ["rpc_handshake_timeout"] = "300ms" }));
        foreach (byte mode in (byte[])[RpcBytes.Tls, TlsInsecure])
        {
            await using RpcPeer peer = await RpcPeer.ConnectAsync(agent.ServerPort, mode);
            Assert.True(await peer.EndsAsync());
        }

        await using RpcPeer silent = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Tls);
        await silent.UpgradeAsync(_client);
        Assert.True(await silent.EndsAsync());
    }

    [Fact]
    public async Task Reload_takes_new_certificates_for_new_connections_and_no_bad_ones()
    {
        using Agent agent = await StartAsync();
        await using RpcPeer old = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Tls);
        await old.UpgradeAsync(_client);
        await old.SendAsync([RpcBytes.Multiplexed]);
        await old.PingAsync();

        using X509Certificate2 next = _authority.Server();
        WritePair(next);
        agent.Send(Signal.Hangup);
        await Until.True(async () => await ShownAsync(agent) == next.Thumbprint, "the new certificate");
        await old.PingAsync();

        Write("cert.pem", "nonsense");
        agent.Send(Signal.Hangup);
        const string reason = "Reload config failed: error=\"Failed reloading tls configuration: "
            + "Failed to load cert/key pair: tls: failed to find any PEM data in certificate input\"";
        await Until.True(() => agent.Output.Contains(reason), "the reason in the log");
        Assert.Equal(next.Thumbprint, await ShownAsync(agent));
        await old.PingAsync();

        // A new authority: who came with the old one's certificate stays, but does not come again.
        Write("ca.pem", _stranger.Pem);
        using X509Certificate2 other = _stranger.Server();
        WritePair(other);
        agent.Send(Signal.Hangup);
        using X509Certificate2 otherClient = _stranger.Client();
        await Until.True(async () => await ShownAsync(agent) == other.Thumbprint, "the certificate of the new authority");
        await old.PingAsync();
        await using RpcPeer late = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Tls);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await late.UpgradeAsync(_client);
            await late.SendAsync([RpcBytes.Multiplexed]);
            await late.PingAsync();
        });
        await using RpcPeer fresh = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Tls);
        await fresh.UpgradeAsync(otherClient);
        await fresh.SendAsync([RpcBytes.Multiplexed]);
        await fresh.PingAsync();
    }

    [Fact]
    public async Task Reload_can_begin_to_verify()
    {
        using Agent agent = await StartAsync(("verify_incoming", false));
        await using RpcPeer clear = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Multiplexed);
        await clear.PingAsync();
        File.WriteAllText(agent.ConfigFile, Config(("verify_incoming", true)));
        agent.Send(Signal.Hangup);
        await Until.True(
            async () =>
            {
                await using RpcPeer late = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Gossip);
                await late.EndsAsync();
                return agent.Output.Contains("in the clear while incoming connections are verified");
            },
            "a refusal in the clear");
        await clear.PingAsync();
    }

    [Fact]
    public async Task Dialer_demands_the_name_of_a_server()
    {
        using Agent server = await StartAsync();
        Assert.Null(await CallAsync(server, "dc1"));
        Assert.Equal(
            "rpc error getting client: failed to get conn: "
            + "x509: certificate is valid for server.dc1.consul, localhost, not server.dc2.consul",
            await CallAsync(server, "dc2"));

        // A client agent's certificate does not make a server.
        WritePair(_client);
        using Agent impostor = await StartAsync();
        Assert.Equal(
            "rpc error getting client: failed to get conn: "
            + "x509: certificate is valid for client.dc1.consul, not server.dc1.consul",
            await CallAsync(impostor, "dc1"));
    }

    [Theory]
    [InlineData("verify_outgoing", "true", "ca_file", "VerifyOutgoing set, and no CA certificate provided!")]
    [InlineData("verify_incoming", "true", "ca_file", "VerifyIncoming set but no CA certificates were provided")]
    [InlineData("verify_incoming", "true", "cert_file", "VerifyIncoming requires either a Cert and Key pair in the configuration file, "
        + "or auto_encrypt/auto_config be enabled")]
    [InlineData("ca_file", "\"/none/ca.pem\"", "", "Error loading from /none/ca.pem: open /none/ca.pem: no such file or directory")]
    [InlineData("cert_file", "\"/none/c.pem\"", "", "Failed to load cert/key pair: open /none/c.pem: no such file or directory")]
    [InlineData("tls_min_version", "\"tls14\"", "", "TLSMinVersion: value tls14 not supported, please specify one of [tls10, tls11, tls12, tls13]")]
    public async Task Start_with_unusable_settings_says_why(string key, string value, string without, string expected)
    {
        JsonObject config = JsonNode.Parse(Config())!.AsObject();
        config[key] = JsonNode.Parse(value);
        if (without.Length > 0) config.Remove(without);
        using Agent agent = Agent.Launch(new AgentOptions { Config = config.ToJsonString() });
        Assert.Equal(1, await agent.WaitForExit());
        Assert.EndsWith($"==> {expected}\n", agent.Output.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_with_a_key_of_another_certificate_says_so()
    {
        Write("key.pem", KeyOf(_client));
        using Agent agent = Agent.Launch(new AgentOptions { Config = Config() });
        Assert.Equal(1, await agent.WaitForExit());
        Assert.EndsWith("==> Failed to load cert/key pair: tls: private key does not match public key\n", agent.Output.Errors, StringComparison.Ordinal);
    }

    private Task<Agent> StartAsync(params (string Key, JsonNode Value)[] changes) =>
        Agent.StartAsync(new AgentOptions { Config = Config(changes) });

    /// <summary>A configuration that verifies, with the files of this test.</summary>
    private string Config(params (string Key, JsonNode Value)[] changes)
    {
        var config = new JsonObject
        {
            ["ca_file"] = PathOf("ca.pem"),
            ["cert_file"] = PathOf("cert.pem"),
            ["key_file"] = PathOf("key.pem"),
            ["verify_incoming"] = true,
        };
        foreach ((string key, JsonNode value) in changes) config[key] = value;
        return config.ToJsonString();
    }

    /// <summary>The thumbprint of the certificate that a new connection meets; null when the handshake fails.</summary>
    private async Task<string?> ShownAsync(Agent agent)
    {
        await using RpcPeer peer = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Tls);
        try
        {
            return (await peer.UpgradeAsync(_client)).Thumbprint;
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return null;
        }
    }

    /// <summary>Calls a server with our own client, which demands a server's name; gives the error.</summary>
    private async Task<string?> CallAsync(Agent agent, string datacenter)
    {
        Write("client.pem", _client.ExportCertificatePem());
        Write("client-key.pem", KeyOf(_client));
        var settings = new TlsSettings
        {
            CaFile = PathOf("ca.pem"),
            CertFile = PathOf("client.pem"),
            KeyFile = PathOf("client-key.pem"),
            VerifyServerHostname = true,
        };
        TlsContext tls = TlsContext.TryLoad(settings, NullLogger.Instance, out string? error) ?? throw new InvalidOperationException(error);
        using var timers = new TimerWheel();
        await using var pool = new RpcPool(
            new RpcDialer(new TcpDialer(tls)), new RpcPoolSettings { Datacenter = "dc1" }, timers, NullLogger.Instance);
        var server = new RpcServerAddress(datacenter, "n1", new IPEndPoint(IPAddress.Loopback, agent.ServerPort), ProtocolVersion: 2);
        return (await pool.CallAsync(server, s_ping, default)).Error;
    }

    private void WritePair(X509Certificate2 certificate)
    {
        Write("cert.pem", certificate.ExportCertificatePem());
        Write("key.pem", KeyOf(certificate));
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private void Write(string name, string text) => File.WriteAllText(PathOf(name), text);
}
