using System.Globalization;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Storage.Records.CheckDefinition;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// What the leader demands of nodes, services and checks before they go into the log, and what it fills in. Used by
/// registration and by transactions.
/// </summary>
internal static class RegistrationRules
{
    private const int UuidLength = 36;

    /// <summary>What is wrong with a node's name or id, or null.</summary>
    public static string? CheckNode(string name, string id)
    {
        if (name.Length == 0) return "Must provide node";
        return id.Length == 0 || UuidFault(id) is not { } fault ? null : "Bad node ID: " + fault;
    }

    /// <summary>Judges a service, and gives one without an id its name as id.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Prepare(ref NodeService service)
    {
        if (ServiceKindRules.Check(service) is { } fault) return fault;
        if (service.Id.Length > 0 && service.Service.Length == 0) return "Must provide service name with ID";
        if (service.Id.Length == 0) service = service with { Id = service.Service };
        return service.Address is "0.0.0.0" or "::" or "[::]" ? "Invalid service address" : null;
    }

    /// <summary>Fills in what a check leaves to be derived.</summary>
    /// <param name="node">Name of the node it is registered with.</param>
    public static HealthCheck Complete(HealthCheck check, string node) => check with
    {
        Node = check.Node.Length == 0 ? node : check.Node,
        CheckId = check.CheckId.Length == 0 ? check.Name : check.CheckId,
        Type = check.Type.Length == 0 ? TypeOf(check.Definition) : check.Type,
    };

    /// <summary>The kind of check that a definition describes: the first that applies, empty for none.</summary>
    private static string TypeOf(CheckDefinition definition)
    {
        bool periodic = definition.IntervalNs > 0;
        bool script = definition.ScriptArgs is { Count: > 0 };
        if (periodic && definition.Grpc.Length > 0) return "grpc";
        if (periodic && definition.Http.Length > 0) return "http";
        if (definition.TtlNs > 0) return "ttl";
        if (periodic && definition.Tcp.Length > 0) return "tcp";
        if (definition.AliasNode.Length > 0 || definition.AliasService.Length > 0) return "alias";
        if (periodic && script && definition.DockerContainerId.Length > 0) return "docker";
        if (script) return "script";
        return periodic && definition.H2Ping.Length > 0 ? "h2ping" : "";
    }

    private static string? UuidFault(string id)
    {
        if (id.Length != UuidLength) return "uuid string is wrong length";
        if (id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-') return "uuid is improperly formatted";
        foreach (char c in id)
        {
            if (c == '-' || char.IsAsciiHexDigit(c)) continue;
            return string.Create(CultureInfo.InvariantCulture, $"encoding/hex: invalid byte: U+{(int)c:X4} '{c}'");
        }

        return id.AsSpan().Count('-') == 4 ? null : "encoding/hex: invalid byte: U+002D '-'";
    }
}
