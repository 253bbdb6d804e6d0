using Consul.Fast.Daemon.Config;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>
/// <c>/debug/pprof/</c>: refused unless debugging is enabled, whatever the method. The profiles themselves are those of another
/// runtime; none is known here.
/// </summary>
internal sealed class ProfileArea(Func<AgentConfig> config)
{
    public void Map(RouteTable routes) => routes.Add("/debug/pprof/", "", Handle);

    private ValueTask Handle(HttpExchange exchange)
    {
        exchange.Headers.Vary = "Accept-Encoding";
        if (config().Node.EnableDebug) exchange.Text(StatusCodes.Status404NotFound, "Unknown profile\n");
        else exchange.Text(StatusCodes.Status401Unauthorized, AclArea.Disabled);
        return default;
    }
}
