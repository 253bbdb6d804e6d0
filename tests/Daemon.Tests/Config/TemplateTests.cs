using Consul.Fast.Daemon.Config.Templates;

namespace Consul.Fast.Daemon.Tests.Config;

public sealed class TemplateTests
{
    private static readonly ConfigSetup Host = Make();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{ GetInterfaceIP \"eth0\" }}", "10.1.2.3")]
    [InlineData("{{ GetInterfaceIP \"lo\" }}", "")]
    [InlineData("{{ GetInterfaceIPs \"lo\" }}", "127.0.0.1")]
    [InlineData("{{ GetPrivateIP }}", "10.1.2.3")]
    [InlineData("{{ GetPrivateIPs }}", "192.168.1.9 10.1.2.3 fd00::5")]
    [InlineData("{{ GetPublicIP }}", "8.8.4.4")]
    [InlineData("{{ GetPublicIPs }}", "8.8.4.4 2600::1")]
    [InlineData("{{ GetPrivateInterfaces | attr \"address\" }}", "10.1.2.3")]
    [InlineData("{{ GetPrivateInterfaces | include \"network\" \"192.168.0.0/16\" | attr \"address\" }}", "192.168.1.9")]
    [InlineData("{{ GetAllInterfaces | include \"network\" \"10.0.0.0/8\" | attr \"address\" }}", "10.1.2.3")]
    [InlineData("{{ GetAllInterfaces | include \"name\" \"^eth\" | include \"flags\" \"forwardable|up\" | attr \"address\" }}", "10.1.2.3")]
    [InlineData("{{ GetAllInterfaces | include \"name\" \"eth.*\" | include \"type\" \"ipv4\" | sort \"-address\" | limit 1 | attr \"address\" }}", "192.168.1.9")]
    [InlineData("{{ GetDefaultInterfaces | exclude \"type\" \"IPv6\" | limit 1 | attr \"address\" }}", "10.1.2.3")]
    [InlineData("{{ GetPrivateInterfaces | join \"address\" \" \" }} {{ GetAllInterfaces | include \"flags\" \"loopback\" | join \"address\" \" \" }}", "10.1.2.3 192.168.1.9 fd00::5 127.0.0.1")]
    [InlineData("{{ GetAllInterfaces | include \"rfc\" \"1918\" | sort \"size,address\" | join \"address\" \",\" }}", "192.168.1.9,10.1.2.3")]
    [InlineData("{{ GetAllInterfaces | exclude \"rfcs\" \"1918|6890\" | join \"name\" \",\" }}", "eth2,eth2")]
    [InlineData("{{ GetAllInterfaces | include \"size\" \"24\" | offset -1 | attr \"string\" }}", "10.1.2.3/24")]
    [InlineData("{{ GetAllInterfaces | include \"name\" \"eth0\" | math \"address\" \"+5\" | attr \"address\" }}", "10.1.2.8")]
    [InlineData("{{ GetAllInterfaces | include \"name\" \"eth0\" | math \"network\" \"+1\" | attr \"address\" }}", "10.1.2.1")]
    [InlineData("{{ GetAllInterfaces | include \"name\" \"eth0\" | math \"network\" \"-1\" | attr \"address\" }}", "10.1.2.255")]
    [InlineData("{{ GetAllInterfaces | unique \"name\" | join \"name\" \",\" }}", "lo,eth0,eth1,eth2")]
    [InlineData("{{ with GetInterfaceIP \"eth0\" }}x{{ . }}{{ else }}none{{ end }}", "x10.1.2.3")]
    [InlineData("{{ with GetInterfaceIP \"nope\" }}x{{ else }}none{{ end }}", "none")]
    [InlineData("{{ if eq (GetInterfaceIP \"eth0\") \"10.1.2.3\" }}yes{{ end }}", "yes")]
    [InlineData("{{ range $i, $a := GetPrivateInterfaces }}{{ $i }}={{ attr \"address\" $a }};{{ end }}", "0=10.1.2.3;1=192.168.1.9;2=fd00::5;")]
    [InlineData("{{ $x := GetPrivateIP }}a {{- $x -}} b", "a10.1.2.3b")]
    [InlineData("{{/* nothing */}}{{ . | include \"name\" \"eth0\" | attr \"netmask\" }}", "255.255.255.0")]
    public void Template_gives(string template, string expected) => Assert.Equal(expected, new AddressTemplate(Host).Evaluate(template));

    [Theory]
    [InlineData("broadcast", "10.1.2.255")]
    [InlineData("first_usable", "10.1.2.1")]
    [InlineData("last_usable", "10.1.2.254")]
    [InlineData("flags", "up|broadcast|multicast")]
    [InlineData("hex", "0a010203")]
    [InlineData("binary", "00001010000000010000001000000011")]
    [InlineData("mask_bits", "24")]
    [InlineData("network", "10.1.2.0/24")]
    [InlineData("octets", "10 1 2 3")]
    [InlineData("size", "256")]
    [InlineData("type", "IPv4")]
    [InlineData("uint32", "167838211")]
    public void Attribute_is_printed(string attribute, string expected) =>
        Assert.Equal(expected, new AddressTemplate(Host).Evaluate($$$"""{{ GetAllInterfaces | include "name" "eth0" | attr "{{{attribute}}}" }}"""));

    [Theory]
    [InlineData("{{ Nope }}", "function \"Nope\" not defined")]
    [InlineData("{{ GetAllInterfaces", "unclosed action")]
    [InlineData("{{ GetAllInterfaces | sort \"zz\" }}", "unknown sort type: \"zz\"")]
    [InlineData("{{ GetAllInterfaces | include \"flags\" \"zz\" }}", "unsupported flag \"zz\"")]
    [InlineData("{{ GetAllInterfaces | include \"name\" \"(\" }}", "unable to compile regexp (")]
    [InlineData("{{ GetAllInterfaces | math \"address\" \"1\" }}", "sign (+/-) is required for operation \"address\"")]
    [InlineData("{{ if GetPrivateIP }}x", "unexpected EOF")]
    [InlineData("{{ end }}", "unexpected {{end}}")]
    [InlineData("{{ attr }}", "wrong number of args for attr: got 0")]
    public void Wrong_template_is_explained(string template, string expected) =>
        Assert.Equal(expected, Assert.Throws<TemplateException>(() => new AddressTemplate(Host).Evaluate(template)).Message);

    [Fact]
    public void Template_serves_in_addresses()
    {
        var loaded = new ConfigSetup().Load(
            "-server", "-data-dir=/tmp/consul-fast-none", "-bind={{ GetPrivateIP }}", "-hcl=client_addr = \"{{ GetInterfaceIP \\\"eth0\\\" }} 127.0.0.1\"");
        Assert.Equal("10.1.2.3", loaded.Config.Addresses.Bind.ToString());
        Assert.Equal(["10.1.2.3:8500", "127.0.0.1:8500"], loaded.Config.Addresses.Http.Select(static a => a.ToString()));
        Assert.Equal(
            "1 error occurred:\n\t* client_addr: error parsing \"{{ Nope }}\": function \"Nope\" not defined\n\n",
            ConfigSetup.Refusal("client_addr = \"{{ Nope }}\""));
    }

    private static ConfigSetup Make()
    {
        var host = new ConfigSetup();
        host.Interfaces.AddRange(
        [
            ConfigSetup.Address("eth1", "192.168.1.9", 16), ConfigSetup.Address("eth1", "fd00::5", 64),
            ConfigSetup.Address("eth2", "8.8.4.4", 20), ConfigSetup.Address("eth2", "2600::1", 64),
        ]);
        return host;
    }
}
