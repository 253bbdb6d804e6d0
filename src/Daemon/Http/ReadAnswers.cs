using System.Text.Json;
using Consul.Fast.Daemon.Rpc;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http;

/// <summary>What the reads of the catalog and of health have in common.</summary>
internal static class ReadAnswers
{
    /// <summary>Reads the shared parameters. False when the answer is set.</summary>
    public static bool TryPrepare(HttpExchange exchange, QueryRequest request) =>
        !exchange.RefusesNamespace() && exchange.TryParseQueryOptions(request);

    /// <summary>The same for a read whose path must name something.</summary>
    /// <param name="missing">Text of the 400 answer to an empty name.</param>
    public static bool TryPrepare(HttpExchange exchange, QueryRequest request, string missing)
    {
        if (!TryPrepare(exchange, request)) return false;
        if (!exchange.ArgumentIsEmpty) return true;
        exchange.Text(StatusCodes.Status400BadRequest, missing);
        return false;
    }

    /// <summary>Reads the tags that must all be present.</summary>
    public static void ReadTags(HttpExchange exchange, ServiceSpecificRequest request)
    {
        if (exchange.Query.Count == 0 || !exchange.Query.Has("tag")) return;
        request.ServiceTags = exchange.Query.GetAll("tag");
        request.TagFilter = true;
    }

    /// <summary>Reads from where the rows are to be sorted by distance; <c>_agent</c> is this agent's own node.</summary>
    public static void ReadNear(HttpExchange exchange, QueryRequest request)
    {
        if (exchange.Query.Count == 0 || exchange.Query.Get("near") is not { Length: > 0 } near) return;
        request.Source = new QuerySource(
            request.Datacenter.Length == 0 ? exchange.Options.Datacenter : request.Datacenter,
            Segment: "",
            near == "_agent" ? exchange.Options.NodeName : near,
            Ip: "");
    }

    /// <summary>
    /// Sets the metadata headers, on failure as well, and the error answer if there is one.
    /// </summary>
    /// <returns>True when there is a value to answer.</returns>
    public static bool Succeeded<T>(HttpExchange exchange, in RpcResult<T> result)
    {
        if (result.Error is { } error)
        {
            exchange.SetMeta(default, effectiveConsistency: false);
            exchange.Error(error);
            return false;
        }

        exchange.SetMeta(result.Meta, effectiveConsistency: true);
        return true;
    }

    public static Action<Utf8JsonWriter, IReadOnlyList<T>> ListWriter<T>(Action<Utf8JsonWriter, T> write) => (writer, list) =>
    {
        writer.WriteStartArray();
        for (int i = 0; i < list.Count; i++) write(writer, list[i]);
        writer.WriteEndArray();
    };
}
