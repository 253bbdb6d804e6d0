namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>
/// The services for agents that have no certificate yet. Neither is built; their callers tell by the texts that it is not
/// worth trying again soon.
/// </summary>
internal static class InsecureMethods
{
    public static RpcRegistry Create() => new RpcRegistry()
        .Add(new RefusedMethod("AutoEncrypt.Sign", "Connect must be enabled in order to use this endpoint"))
        .Add(new RefusedMethod("AutoConfig.InitialConfiguration", "Auto Config is disabled"));

    private sealed class RefusedMethod(string name, string error) : RpcMethod(name, RpcScheduling.Inline)
    {
        public override ValueTask InvokeAsync(RpcCall call)
        {
            call.Fail(error);
            return default;
        }
    }
}
