namespace Consul.Fast.Storage.State;

/// <summary>Verbs of the catalog and session operations in transactions; those of the key-value store are its operations.</summary>
internal static class TxnVerbs
{
    public const string Get = "get";
    public const string Set = "set";
    public const string Cas = "cas";
    public const string Delete = "delete";
    public const string DeleteCas = "delete-cas";
}
