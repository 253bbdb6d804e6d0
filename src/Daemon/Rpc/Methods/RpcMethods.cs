namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>All methods that a server answers on its port.</summary>
internal static class RpcMethods
{
    public static RpcRegistry Of(RpcServices services)
    {
        var registry = new RpcRegistry();
        StatusMethods.AddTo(registry, services.Status);
        CatalogMethods.AddTo(registry, services.Catalog);
        HealthMethods.AddTo(registry, services.Health);
        KvsMethods.AddTo(registry, services.Kvs);
        SessionMethods.AddTo(registry, services.Session);
        TxnMethods.AddTo(registry, services.Txn);
        InternalMethods.AddTo(registry, services.Internal);
        OperatorMethods.AddTo(registry, services.Operator);
        CoordinateMethods.AddTo(registry, services.Coordinate);
        return registry;
    }
}
