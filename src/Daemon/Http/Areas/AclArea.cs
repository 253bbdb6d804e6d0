using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>
/// <c>/v1/acl/</c> of an agent without access control: every endpoint says so. Clients tell by the status whether a cluster
/// uses access control.
/// </summary>
internal static class AclArea
{
    public const string Disabled = "ACL support disabled";

    private static readonly (string Pattern, string Methods)[] Endpoints =
    [
        ("/v1/acl/bootstrap", "PUT"),
        ("/v1/acl/create", "PUT"),
        ("/v1/acl/update", "PUT"),
        ("/v1/acl/destroy/", "PUT"),
        ("/v1/acl/info/", "GET"),
        ("/v1/acl/clone/", "PUT"),
        ("/v1/acl/list", "GET"),
        ("/v1/acl/login", "POST"),
        ("/v1/acl/logout", "POST"),
        ("/v1/acl/replication", "GET"),
        ("/v1/acl/policies", "GET"),
        ("/v1/acl/policy", "PUT"),
        ("/v1/acl/policy/", "GET,PUT,DELETE"),
        ("/v1/acl/policy/name/", "GET"),
        ("/v1/acl/roles", "GET"),
        ("/v1/acl/role", "PUT"),
        ("/v1/acl/role/", "GET,PUT,DELETE"),
        ("/v1/acl/role/name/", "GET"),
        ("/v1/acl/binding-rules", "GET"),
        ("/v1/acl/binding-rule", "PUT"),
        ("/v1/acl/binding-rule/", "GET,PUT,DELETE"),
        ("/v1/acl/auth-methods", "GET"),
        ("/v1/acl/auth-method", "PUT"),
        ("/v1/acl/auth-method/", "GET,PUT,DELETE"),
        ("/v1/acl/rules/translate", "POST"),
        ("/v1/acl/rules/translate/", "GET"),
        ("/v1/acl/tokens", "GET"),
        ("/v1/acl/token", "PUT"),
        ("/v1/acl/token/self", "GET"),
        ("/v1/acl/token/", "GET,PUT,DELETE"),
        ("/v1/internal/acl/authorize", "POST"),
    ];

    public static void Map(RouteTable routes)
    {
        foreach ((string pattern, string methods) in Endpoints) routes.Add(pattern, methods, Refuse);
    }

    private static ValueTask Refuse(HttpExchange exchange)
    {
        exchange.Text(StatusCodes.Status401Unauthorized, Disabled);
        return default;
    }
}
