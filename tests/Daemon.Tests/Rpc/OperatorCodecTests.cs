using System.Buffers;
using System.Text;
using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Rpc;

/// <summary>Bodies of the operator's calls that no capture holds, key by key as the reference orders them.</summary>
public sealed class OperatorCodecTests
{
    private delegate void Writing<in T>(MsgPackWriter writer, T value);

    [Fact]
    public void Removal_of_a_server_is_a_map_of_four()
    {
        var request = new RaftRemovePeerRequest { Address = "a:1", Datacenter = "dc1", Id = "i", Token = "t" };
        byte[] encoded = Bytes(RaftRemovePeerRequestCodec.Write, request);
        Assert.Equal([0x84, .. Text("Address"), .. Text("a:1"), .. Text("Datacenter"), .. Text("dc1"), .. Text("ID"), .. Text("i"), .. Text("Token"), .. Text("t")], encoded);
        var reader = new MsgPackReader(encoded);
        Assert.Equal(request, RaftRemovePeerRequestCodec.Read(ref reader));
    }

    [Fact]
    public void Change_of_settings_carries_them_whole()
    {
        var request = new AutopilotRequest
        {
            Cas = true,
            Datacenter = "dc1",
            Token = "t",
            Configuration = new AutopilotConfiguration
            {
                CleanupDeadServers = true,
                LastContactThresholdNs = 200_000_000,
                MaxTrailingLogs = 250,
                MinQuorum = 3,
                ServerStabilizationTimeNs = 10_000_000_000,
                RedundancyZoneTag = "z",
                DisableUpgradeMigration = true,
                UpgradeVersionTag = "v",
                CreateIndex = 4,
                ModifyIndex = 5,
            },
        };
        byte[] encoded = Bytes(AutopilotRequestCodec.Write, request);
        Assert.Equal([0x84, .. Text("CAS"), 0xc3, .. Text("Config"), 0x8a, .. Text("CleanupDeadServers"), 0xc3], encoded[..34]);
        var reader = new MsgPackReader(encoded);
        Assert.Equal(request, AutopilotRequestCodec.Read(ref reader));
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void State_before_the_first_look_has_nil_for_servers_and_voters()
    {
        byte[] encoded = Bytes(AutopilotStateCodec.Write, RpcResult<AutopilotState>.Ok(AutopilotState.None));
        Assert.Equal(
            [
                0x86, .. Text("Ext"), 0xc0, .. Text("FailureTolerance"), 0x00, .. Text("Healthy"), 0xc2, .. Text("Leader"), 0xa0,
                .. Text("Servers"), 0xc0, .. Text("Voters"), 0xc0,
            ],
            encoded);
        var reader = new MsgPackReader(encoded);
        Assert.Equivalent(AutopilotState.None, AutopilotStateCodec.Read(ref reader).Value, strict: true);
    }

    [Fact]
    public void Health_before_the_first_look_has_nil_for_servers()
    {
        byte[] encoded = Bytes(AutopilotHealthCodec.Write, RpcResult<AutopilotHealth>.Ok(new AutopilotHealth(false, 0, [])));
        Assert.Equal([0x83, .. Text("FailureTolerance"), 0x00, .. Text("Healthy"), 0xc2, .. Text("Servers"), 0xc0], encoded);
    }

    private static byte[] Bytes<T>(Writing<T> write, T value)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new MsgPackWriter(output), value);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Text(string text) => [(byte)(0xa0 + text.Length), .. Encoding.ASCII.GetBytes(text)];
}
