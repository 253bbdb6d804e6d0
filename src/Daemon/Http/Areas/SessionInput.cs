using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The body of a session's creation: unknown fields are dropped, missing ones keep their defaults.</summary>
internal static class SessionInput
{
    private const string SerfHealth = "serfHealth";
    private const long DefaultLockDelay = 15 * GoDuration.Second;

    /// <summary>Lock delays below this are meant as seconds: a session with a shorter one would make no sense.</summary>
    private const long SecondsBelow = 1000;

    public static Session Default(string node) => new()
    {
        Node = node,
        NodeChecks = [SerfHealth],
        LockDelayNs = DefaultLockDelay,
        Behavior = SessionService.BehaviorRelease,
    };

    public static bool TryRead(ReadOnlyMemory<byte> body, Session defaults, out Session session, out string error)
    {
        session = defaults;
        if (!JsonInput.TryParse(body, out JsonElement root, out error)) return false;
        JsonFields fields = new JsonFields(root, "Session").Lenient();
        session = new Session
        {
            Node = fields.Has("Node") ? fields.String("Node") : defaults.Node,
            Name = fields.String("Name"),
            LockDelayNs = fields.Has("LockDelay") ? LockDelay(fields.DurationNs("LockDelay")) : defaults.LockDelayNs,
            Behavior = fields.Has("Behavior") ? fields.String("Behavior") : defaults.Behavior,
            Ttl = fields.String("TTL"),
            NodeChecks = fields.Strings("NodeChecks") ?? defaults.NodeChecks,
            ServiceChecks = ServiceChecks(fields),
            Checks = fields.Strings("Checks"),
        };
        // An empty list under the old name switches the default check off.
        if (session.Checks is { Count: 0 })
            session = session with { Checks = null, NodeChecks = fields.Has("NodeChecks") ? session.NodeChecks : [] };
        error = fields.Finish() ?? "";
        return error.Length == 0;
    }

    private static long LockDelay(long value) => value < SecondsBelow ? value * GoDuration.Second : value;

    private static IReadOnlyList<SessionServiceCheck>? ServiceChecks(JsonFields fields) =>
        fields.List("ServiceCheck", static f => new ServiceCheck(f.String("ID"), f.String("Namespace")), "ServiceChecks") is { } checks
            ? [.. checks.Select(static c => new SessionServiceCheck(c?.Id ?? "", c?.Namespace ?? ""))]
            : null;

    private sealed record ServiceCheck(string Id, string Namespace);
}
