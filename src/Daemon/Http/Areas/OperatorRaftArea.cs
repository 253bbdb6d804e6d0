using System.Text.Json;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/operator/raft/</c>.</summary>
internal sealed class OperatorRaftArea(IOperator operators)
{
    public void Map(RouteTable routes)
    {
        routes.Add("/v1/operator/raft/configuration", "GET", ConfigurationAsync);
        routes.Add("/v1/operator/raft/peer", "DELETE", RemovePeerAsync);
    }

    private async ValueTask ConfigurationAsync(HttpExchange exchange)
    {
        var request = new DcSpecificRequest();
        if (!exchange.TryParseQueryOptions(request)) return;
        RpcResult<RaftConfiguration> result = await operators.RaftGetConfigurationAsync(request);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json(result.Value, Write);
    }

    private async ValueTask RemovePeerAsync(HttpExchange exchange)
    {
        bool hasId = exchange.Query.Has("id"), hasAddress = exchange.Query.Has("address");
        if (hasId == hasAddress)
        {
            exchange.BadRequest(hasId
                ? "Must specify only one of ?id or ?address"
                : "Must specify either ?id with the server's ID or ?address with IP:port of peer to remove");
            return;
        }

        var request = new RaftRemovePeerRequest
        {
            Datacenter = exchange.Datacenter(),
            Token = exchange.Token(),
            Id = exchange.Query.Get("id") ?? "",
            Address = exchange.Query.Get("address") ?? "",
        };
        RpcResult<bool> result = hasAddress
            ? await operators.RaftRemovePeerByAddressAsync(request)
            : await operators.RaftRemovePeerByIdAsync(request);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Empty();
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
