using System.Text.Json;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/operator/raft/</c>.</summary>
internal sealed class OperatorRaftArea(IOperator operators)
{
    public void Map(RouteTable routes) => routes.Add("/v1/operator/raft/configuration", "GET", ConfigurationAsync);

    private async ValueTask ConfigurationAsync(HttpExchange exchange)
    {
        var request = new DcSpecificRequest();
        if (!exchange.TryParseQueryOptions(request)) return;
        RpcResult<RaftConfiguration> result = await operators.RaftGetConfigurationAsync(request);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json(result.Value, Write);
    }

    private static void Write(Utf8JsonWriter writer, RaftConfiguration configuration)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("Servers"u8);
        foreach (RaftConfigurationServer server in configuration.Servers)
        {
            writer.WriteStartObject();
            writer.WriteString("ID"u8, server.Id);
            writer.WriteString("Node"u8, server.Node);
            writer.WriteString("Address"u8, server.Address);
            writer.WriteBoolean("Leader"u8, server.Leader);
            writer.WriteString("ProtocolVersion"u8, server.ProtocolVersion);
            writer.WriteBoolean("Voter"u8, server.Voter);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("Index"u8, configuration.Index);
        writer.WriteEndObject();
    }
}
