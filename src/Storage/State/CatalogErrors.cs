namespace Consul.Fast.Storage.State;

/// <summary>Texts that more than one writer of the catalog gives.</summary>
internal static class CatalogErrors
{
    public const string MissingNode = "Missing node registration";
    public const string MissingService = "Missing service registration";

    /// <summary>A check is asked for without naming both its node and its id.</summary>
    public const string MissingKey = "index error: object is missing a value for this index";
}
