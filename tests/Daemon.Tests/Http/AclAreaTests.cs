using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Http.Areas;

namespace Consul.Fast.Daemon.Tests.Http;

public sealed class AclAreaTests
{
    [Theory]
    [InlineData("/v1/acl/tokens", "GET")]
    [InlineData("/v1/acl/bootstrap", "PUT")]
    [InlineData("/v1/acl/token/self", "GET")]
    [InlineData("/v1/acl/policy/name/global-management", "GET")]
    [InlineData("/v1/acl/role/some-id", "DELETE")]
    [InlineData("/v1/internal/acl/authorize", "POST")]
    public void Every_endpoint_is_known_with_its_methods(string path, string method)
    {
        var routes = new RouteTable();
        AclArea.Map(routes);

        Route? route = routes.Match(path);

        Assert.NotNull(route);
        Assert.True(route.Allows(method));
        Assert.False(route.Allows("PATCH"));
    }
}
