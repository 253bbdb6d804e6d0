using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The root path and every path that nothing else matches.</summary>
internal static class RootArea
{
    public static void Map(RouteTable routes) => routes.Add("/", "", Handle);

    private static ValueTask Handle(HttpExchange exchange)
    {
        if (!exchange.ArgumentIsEmpty)
        {
            exchange.Empty(StatusCodes.Status404NotFound);
        }
        else if (exchange.Options.UiPath is { } ui)
        {
            exchange.Headers.Location = ui;
            exchange.Empty(StatusCodes.Status301MovedPermanently);
        }
        else
        {
            exchange.Text(StatusCodes.Status200OK, "Consul Agent");
        }

        return default;
    }
}
