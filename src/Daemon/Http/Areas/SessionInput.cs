using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>
/// The body of a session's creation: unknown fields are dropped, missing ones keep their defaults, and for the two lists of
/// checks <c>null</c> is not the same as missing.
/// </summary>
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
            NodeChecks = ListOrNull(fields, "NodeChecks"),
            ServiceChecks = ServiceChecks(fields),
            Checks = ListOrNull(fields, "Checks"),
        };
        session = Reconcile(session);
        error = fields.Finish() ?? "";
        return error.Length == 0;
    }

    /// <summary>The list as given; the default check alone when it is missing.</summary>
    private static IReadOnlyList<string>? ListOrNull(JsonFields fields, string name) =>
        fields.IsNull(name) ? null : fields.Strings(name) ?? [SerfHealth];

    /// <summary>
    /// Settles what the checks under their old and new name say together: nothing under the old name switches all checks of
    /// the node off, the default there leaves the word to the new name, and nothing under the new name drops the old one.
    /// </summary>
    private static Session Reconcile(Session session)
    {
        if (session.Checks is null or { Count: 0 }) return session with { Checks = null, NodeChecks = [] };
        if (session.Checks is [SerfHealth] || session.NodeChecks is null or { Count: 0 }) return session with { Checks = null };
        return session;
    }

    private static long LockDelay(long value) => value < SecondsBelow ? value * GoDuration.Second : value;

    private static IReadOnlyList<SessionServiceCheck>? ServiceChecks(JsonFields fields) =>
        fields.List("ServiceCheck", static f => new ServiceCheck(f.String("ID"), f.String("Namespace")), "ServiceChecks") is { } checks
            ? [.. checks.Select(static c => new SessionServiceCheck(c?.Id ?? "", c?.Namespace ?? ""))]
            : null;

    private sealed record ServiceCheck(string Id, string Namespace);
}
