using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Storage.State;

/// <summary>
/// Snapshot records of parts that this server does not interpret (access control, configuration entries, certificates, ...).
/// They are kept as they came, so that a restored snapshot loses nothing when it is saved again.
/// </summary>
internal sealed class ForeignRecords(IReadOnlyDictionary<CommandType, List<byte[]>> records)
{
    public static readonly ForeignRecords None = new(new Dictionary<CommandType, List<byte[]>>());

    /// <summary>Types that are kept this way.</summary>
    public static bool IsKept(CommandType type) => type is CommandType.AclLegacy or CommandType.PreparedQuery
        or CommandType.ConnectCa or CommandType.ConnectCaProviderState or CommandType.ConnectCaConfig
        or CommandType.AclTokenSet or CommandType.AclPolicySet or CommandType.AclRoleSet or CommandType.AclBindingRuleSet
        or CommandType.AclAuthMethodSet or CommandType.ConfigEntry;

    /// <summary>Encoded objects in the order they came.</summary>
    public IReadOnlyList<byte[]> Of(CommandType type) => records.TryGetValue(type, out List<byte[]>? list) ? list : [];
}
