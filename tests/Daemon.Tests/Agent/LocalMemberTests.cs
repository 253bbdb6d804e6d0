using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Tests.Agent;

public sealed class LocalMemberTests
{
    [Theory]
    [InlineData("", "", true, "")]
    [InlineData("/etc/ca.pem", "", true, "1")]
    [InlineData("", "/etc/ca", true, "1")]
    [InlineData("/etc/ca.pem", "", false, "")]
    public void Server_with_authorities_says_that_it_speaks_tls(string file, string path, bool server, string expected)
    {
        var config = new AgentConfig
        {
            Server = new ServerConfig { Enabled = server },
            Tls = new TlsConfig { CaFile = file, CaPath = path },
        };
        Member lan = LocalMember.Create(config);
        Assert.Equal(expected, lan.Tag("use_tls"));
        if (config.Addresses.SerfWanAdvertise is not null) Assert.Equal(expected, LocalMember.CreateWan(config, lan).Tag("use_tls"));
    }
}
