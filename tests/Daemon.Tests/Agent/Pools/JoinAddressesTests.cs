using System.Net;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Checks;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

/// <summary>What users write to join; all texts of faults are those of Consul 1.10.</summary>
public sealed class JoinAddressesTests
{
    private readonly List<string> _looked = [];

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1:8301")]
    [InlineData("10.0.0.1:99", "10.0.0.1:99")]
    [InlineData("::1", "[::1]:8301")]
    [InlineData("[::1]", "[::1]:8301")]
    [InlineData("[::1]:99", "[::1]:99")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1:8301")]
    [InlineData("fe80::1%eth0", "[fe80::1]:8301")]
    [InlineData("node.dc1/10.0.0.1:99", "node.dc1 10.0.0.1:99")]
    [InlineData("two.example", "10.1.1.1:8301 [fd00::1]:8301")]
    [InlineData("n/two.example:7", "n 10.1.1.1:7 n [fd00::1]:7")]
    public async Task Address_is_found(string text, string expected) => Assert.Equal(expected, await Resolve(text));

    [Theory]
    [InlineData("nonsense", "lookup nonsense: no such host")]
    [InlineData("127.0.0.1:x", "strconv.ParseUint: parsing \"x\": invalid syntax")]
    [InlineData("127.0.0.1:", "strconv.ParseUint: parsing \"\": invalid syntax")]
    [InlineData("127.0.0.1:-1", "strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("127.0.0.1:+1", "strconv.ParseUint: parsing \"+1\": invalid syntax")]
    [InlineData("127.0.0.1:99999", "strconv.ParseUint: parsing \"99999\": value out of range")]
    [InlineData("/127.0.0.1", "empty node name provided")]
    [InlineData("[::1", "address [::1: missing ']' in address")]
    [InlineData("[::1]x:1", "address [::1]x:1: missing port in address")]
    [InlineData("a]:1", "address a]:1: unexpected ']' in address")]
    [InlineData("[[::1]]:1", "address [::1]]:1]:8301: missing port in address")]
    [InlineData("[::1]::1", "address [::1]::1: too many colons in address")]
    [InlineData("[a[]:1", "address [a[]:1: unexpected '[' in address")]
    [InlineData("a:b:c", "lookup a:b:c: no such host")]
    [InlineData(":8301", "lookup : no such host")]
    [InlineData("", "lookup : no such host")]
    [InlineData("[]", "lookup : no such host")]
    [InlineData("a b", "lookup a b: no such host")]
    [InlineData("x/y/127.0.0.1:1", "lookup y/127.0.0.1: no such host")]
    [InlineData("127.1:1", "lookup 127.1: no such host")]
    [InlineData("0127.0.0.1:1", "lookup 0127.0.0.1: no such host")]
    [InlineData("0:1", "lookup 0: no such host")]
    [InlineData("0x7f.0.0.1:1", "lookup 0x7f.0.0.1: no such host")]
    [InlineData("1.2.3:1", "lookup 1.2.3: no such host")]
    public async Task Fault_is_told_in_the_known_words(string text, string fault) =>
        Assert.Equal($"Failed to resolve {text}: {fault}", await Resolve(text));

    [Fact]
    public async Task System_finds_names_of_hosts_and_refuses_nonsense()
    {
        ResolvedJoin[] found = await new JoinAddresses(static () => 8301).ResolveAsync(["localhost:5", "a b", "a:b:c", "name.invalid", "x..y", new string('a', 300)], default);
        Assert.All(found[0].Addresses, static address => Assert.True(IPAddress.IsLoopback(address.Address.Address) && address.Address.Port == 5));
        Assert.NotEmpty(found[0].Addresses);
        Assert.All(found[1..], static one => Assert.StartsWith($"Failed to resolve {one.Text}: lookup ", one.Fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Loose_forms_of_addresses_are_never_looked_up()
    {
        await Resolve("127.1");
        await Resolve("10.0.0.1");
        Assert.Empty(_looked);
    }

    [Fact]
    public async Task Repeated_address_of_a_host_counts_once() => Assert.Equal("10.1.1.1:8301", await Resolve("twice"));

    private async Task<string> Resolve(string text)
    {
        ResolvedJoin found = (await new JoinAddresses(static () => 8301, Lookup).ResolveAsync([text], default))[0];
        return found.Fault ?? string.Join(' ', found.Addresses.Select(static address => $"{address.Node} {address.Address}".Trim()));
    }

    private Task<IPAddress[]> Lookup(string host, CancellationToken cancellation)
    {
        _looked.Add(host);
        IPAddress one = IPAddress.Parse("10.1.1.1");
        return host switch
        {
            "two.example" => Task.FromResult<IPAddress[]>([one, IPAddress.Parse("fd00::1")]),
            "twice" => Task.FromResult<IPAddress[]>([one, one]),
            _ => Task.FromException<IPAddress[]>(new DialException($"lookup {host}: no such host")),
        };
    }
}
