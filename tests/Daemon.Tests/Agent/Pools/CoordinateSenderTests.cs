using System.Net;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

public sealed class CoordinateSenderTests : ICoordinates
{
    private readonly List<CoordinateUpdateRequest> _reports = [];

    [Theory]
    [InlineData(1, 64, 15)]
    [InlineData(960, 64, 15)]
    [InlineData(6400, 64, 100)]
    [InlineData(10, 0, 15)]
    public void The_larger_the_pool_the_rarer_the_reports(int members, double rate, double seconds)
    {
        var options = new CoordinateSenderOptions { Datacenter = "dc1", Node = "n1", RateTarget = rate };
        Assert.Equal(TimeSpan.FromSeconds(seconds), CoordinateSender.Interval(options, members));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task A_report_goes_out_when_there_is_a_server_in_the_pool(bool server, int reports)
    {
        await using AgentApi api = await AgentApi.StartAsync(config => WithServer(config, server));
        var options = new CoordinateSenderOptions { Datacenter = "dc1", Node = "n1" };
        await using var sender = new CoordinateSender(
            api.Pools.Lan, this, options, static () => "secret", TimeProvider.System, NullLogger.Instance);
        await sender.SendAsync();
        Assert.Equal(reports, _reports.Count);
        foreach (CoordinateUpdateRequest report in _reports)
        {
            Assert.Equal(("dc1", "n1", "", "secret"), (report.Datacenter, report.Node, report.Segment, report.Token));
            Assert.Equal(new double[8], report.Point!.Vec);
        }
    }

    ValueTask<RpcResult<bool>> ICoordinates.UpdateAsync(CoordinateUpdateRequest request)
    {
        _reports.Add(request);
        return new(RpcResult<bool>.Ok(true));
    }

    ValueTask<RpcResult<IReadOnlyList<DatacenterMap>>> ICoordinates.ListDatacentersAsync() => throw new NotSupportedException();

    ValueTask<RpcResult<IReadOnlyList<Coordinate>>> ICoordinates.ListNodesAsync(DcSpecificRequest request) =>
        throw new NotSupportedException();

    ValueTask<RpcResult<IReadOnlyList<Coordinate>>> ICoordinates.NodeAsync(NodeSpecificRequest request) =>
        throw new NotSupportedException();

    private static AgentConfig WithServer(AgentConfig config, bool server)
    {
        var anyPort = new IPEndPoint(IPAddress.Loopback, 0);
        return config with
        {
            Server = config.Server with { Enabled = server },
            Addresses = config.Addresses with { SerfWanBind = anyPort, SerfWanAdvertise = anyPort },
        };
    }
}
