using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Net.Tls;

namespace Consul.Fast.Net.Tests.Tls;

public sealed class CertificateNamesTests
{
    [Theory]
    [InlineData("server.dc1.consul", true)]
    [InlineData("SERVER.DC1.Consul", true)]
    [InlineData("*.dc1.consul", true)]
    [InlineData("server.dc2.consul", false)]
    [InlineData("node.server.dc1.consul", false)]
    [InlineData("*.server.dc1.consul", false)]
    [InlineData("*.consul", false)]
    [InlineData("*", false)]
    [InlineData("*.*.consul", false)]
    [InlineData("s*.dc1.consul", false)]
    [InlineData("server.*.consul", false)]
    [InlineData("server.dc1.consul.", false)]
    [InlineData("", false)]
    public void A_name_matches_whole_and_a_star_is_one_first_label(string pattern, bool matches) =>
        Assert.Equal(matches, CertificateNames.Matches([pattern], "server.dc1.consul"));

    [Fact]
    public void Only_alternative_names_count()
    {
        using var authority = new TestAuthority();
        using X509Certificate2 named = authority.Issue("server.dc1.consul", ["a.b", "c.d"]);
        using X509Certificate2 bare = authority.Issue("server.dc1.consul", []);
        Assert.Equal(["a.b", "c.d"], CertificateNames.Of(named));
        Assert.Empty(CertificateNames.Of(bare));
    }

    [Theory]
    [InlineData("consul.", "server.dc1.consul")]
    [InlineData("consul", "server.dc1.consul")]
    [InlineData("corp.example.", "server.dc1.corp.example")]
    public void The_name_of_a_server_has_no_trailing_dot(string domain, string name) =>
        Assert.Equal(name, new TlsSettings { Domain = domain }.ServerName("dc1"));
}
