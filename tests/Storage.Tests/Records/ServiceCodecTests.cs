using System.Buffers;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Tests.Records;

/// <summary>What peers may send in a service beyond what clients of today do.</summary>
public sealed class ServiceCodecTests
{
    [Fact]
    public void Byte_strings_and_extensions_in_free_form_maps_become_text()
    {
        NodeService service = Read(static writer =>
        {
            writer.WriteKey("Proxy"u8);
            writer.WriteMapHeader(1);
            writer.WriteKey("Config"u8);
            writer.WriteMapHeader(5);
            writer.WriteKey("bin"u8);
            writer.WriteRaw([0xc4, 2, (byte)'a', (byte)'b']);
            writer.WriteKey("ext8"u8);
            writer.WriteRaw([0xc7, 3, 9, (byte)'a', (byte)'b', (byte)'c']);
            writer.WriteKey("fixext"u8);
            writer.WriteRaw([0xd5, 5, (byte)'x', (byte)'y']);
            writer.WriteKey("list"u8);
            writer.WriteArrayHeader(1);
            writer.WriteRaw([0xc5, 0, 1, (byte)'q']);
            writer.WriteKey("nothing"u8);
            writer.WriteRaw([0xc7, 0, 9]);
        });
        SortedMap<object?> config = service.Proxy.Config!.Pairs;
        Assert.Equal(["ab", "abc", "xy", ""], new[] { 0, 1, 2, 4 }.Select(i => config[i].Value));
        Assert.Equal(["q"], Assert.IsAssignableFrom<IReadOnlyList<object?>>(config[3].Value));
        Assert.Equal(
            """{"bin": "ab", "ext8": "abc", "fixext": "xy", "list": ["q"], "nothing": ""}""",
            MsgPackText.Of(Encoded(w => ServiceProxyCodec.Write(w, service.Proxy))).Split("\"Config\": ")[1].Split('}')[0] + "}");
    }

    [Theory]
    [InlineData(5_000_000_000)]
    [InlineData(-5_000_000_000)]
    [InlineData(long.MaxValue)]
    public void Ports_and_weights_hold_what_64_bits_hold(long number)
    {
        var service = new NodeService
        {
            Port = number,
            TaggedAddresses = SortedMap<ServiceAddress>.Create([new("lan", new ServiceAddress("a", number))]),
            Weights = new ServiceWeights(number, number),
            Proxy = new ServiceProxy
            {
                LocalServicePort = number,
                TransparentOutboundListenerPort = number,
                Upstreams = [new ProxyUpstream { LocalBindPort = number }],
                ExposePaths = [new ExposePath(number, "", number, "", false)],
            },
        };
        NodeService again = Decode(Encoded(w => NodeServiceCodec.Write(w, service)));
        Assert.True(RecordEquality.Same(service, again));
    }

    [Fact]
    public void Sidecar_is_written_with_every_field()
    {
        NodeService service = Read(static writer =>
        {
            writer.WriteKey("Connect"u8);
            writer.WriteMapHeader(1);
            writer.WriteKey("SidecarService"u8);
            writer.WriteMapHeader(3);
            writer.WriteKey("Name"u8);
            writer.WriteString("side");
            writer.WriteKey("Unknown"u8);
            writer.WriteUInt64(1);
            writer.WriteKey("Checks"u8);
            writer.WriteArrayHeader(2);
            writer.WriteMapHeader(2);
            writer.WriteKey("TTL"u8);
            writer.WriteInt64(5);
            writer.WriteKey("Unknown"u8);
            writer.WriteNil();
            writer.WriteNil();
        });
        Assert.Equal(5, service.Connect.SidecarService!.Checks![0]!.TtlNs);
        Assert.Null(service.Connect.SidecarService.Checks[1]);
        const string check =
            """{"AliasNode": "", "AliasService": "", "Body": "", "CheckID": "", "DeregisterCriticalServiceAfter": 0,"""
            + """ "DisableRedirects": false, "DockerContainerID": "", "FailuresBeforeCritical": 0, "GRPC": "", "GRPCUseTLS": false,"""
            + """ "H2PING": "", "HTTP": "", "Header": null, "Interval": 0, "Method": "", "Name": "", "Notes": "", "OutputMaxSize": 0,"""
            + """ "ProxyGRPC": "", "ProxyHTTP": "", "ScriptArgs": null, "Shell": "", "Status": "", "SuccessBeforePassing": 0, "TCP": "","""
            + """ "TLSServerName": "", "TLSSkipVerify": false, "TTL": 0, "Timeout": 0}""";
        Assert.Equal(
            $$"""{"Native": false, "SidecarService": {"Address": "", "Check": {{check}}, "Checks": [{{check.Replace("\"TTL\": 0", "\"TTL\": 5", StringComparison.Ordinal)}}, null],"""
            + """ "Connect": null, "EnableTagOverride": false, "ID": "", "Kind": "", "Meta": null, "Name": "side", "Port": 0, "Proxy": null,"""
            + """ "SocketPath": "", "TaggedAddresses": null, "Tags": null, "Token": "", "Weights": null}}""",
            MsgPackText.Of(Encoded(w => NodeServiceCodec.WriteConnect(w, service.Connect))));
    }

    [Fact]
    public void Sidecar_survives_a_round_trip_and_compares_by_content()
    {
        var check = new SidecarCheck
        {
            CheckId = "c",
            ScriptArgs = ["a"],
            Header = SortedMap<IReadOnlyList<string>?>.Create([new("h", ["v"])]),
            IntervalNs = 7,
            OutputMaxSize = 9,
        };
        var sidecar = new SidecarService
        {
            Kind = ServiceKinds.ConnectProxy,
            Id = "i",
            Name = "n",
            Tags = ["t"],
            Address = "a",
            TaggedAddresses = SortedMap<ServiceAddress>.Create([new("lan", new ServiceAddress("b", 1))]),
            Meta = SortedMap<string>.Create([new("k", "v")]),
            Port = 1,
            SocketPath = "/s",
            Check = check,
            Checks = [check],
            Weights = new ServiceWeights(3, 0),
            Token = "tok",
            EnableTagOverride = true,
            Proxy = new ServiceProxy { Upstreams = [new ProxyUpstream { DestinationName = "db" }] },
            Connect = new ServiceConnect(true, null),
        };
        var service = new NodeService { Connect = new ServiceConnect(false, sidecar) };
        byte[] encoded = Encoded(w => NodeServiceCodec.Write(w, service));
        NodeService again = Decode(encoded);
        Assert.True(RecordEquality.Same(service, again));
        Assert.Equal(encoded, Encoded(w => NodeServiceCodec.Write(w, again)));
        SidecarService[] others =
        [
            sidecar with { Tags = null }, sidecar with { Token = "x" }, sidecar with { Check = SidecarCheck.None }, sidecar with { Checks = [] },
            sidecar with { Proxy = null }, sidecar with { Proxy = ServiceProxy.None }, sidecar with { Connect = null },
            sidecar with { Meta = null }, sidecar with { TaggedAddresses = null }, sidecar with { Checks = [check with { Header = null }] },
        ];
        Assert.All(others, other => Assert.False(
            RecordEquality.Same(service, service with { Connect = new ServiceConnect(false, other) })));
    }

    [Fact]
    public void Sidecars_inside_each_other_without_end_are_refused()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MsgPackWriter(output);
        for (int i = 0; i < 10_000; i++)
        {
            writer.WriteMapHeader(1);
            writer.WriteKey("Connect"u8);
            writer.WriteMapHeader(1);
            writer.WriteKey("SidecarService"u8);
        }

        writer.WriteNil();
        var reader = new MsgPackReader(output.WrittenSpan);
        NodeServiceCodec.Read(ref reader);
        Assert.True(reader.Failed);
    }

    private static NodeService Read(Action<MsgPackWriter> writeField) => Decode(Encoded(writer =>
    {
        writer.WriteMapHeader(1);
        writeField(writer);
    }));

    private static NodeService Decode(byte[] encoded)
    {
        var reader = new MsgPackReader(encoded);
        NodeService service = NodeServiceCodec.Read(ref reader);
        Assert.False(reader.Failed);
        Assert.True(reader.AtEnd);
        return service;
    }

    private static byte[] Encoded(Action<MsgPackWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new MsgPackWriter(output));
        return output.WrittenSpan.ToArray();
    }
}
