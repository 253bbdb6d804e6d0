namespace Consul.Fast.Storage.State;

/// <summary>Texts that more than one writer of the catalog gives.</summary>
internal static class CatalogErrors
{
    public const string MissingNode = "Missing node registration";
    public const string MissingService = "Missing service registration";
}
