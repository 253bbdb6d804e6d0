namespace Consul.Fast.Daemon.Config.Schema;

/// <summary>Every key of the configuration, in files by area.</summary>
internal static partial class KeyTable
{
    public static IReadOnlyList<ConfigKey> All() =>
        [.. AgentKeys, .. NetworkKeys, .. InterfacesKeys, .. AclKeys, .. DefinitionsKeys, .. MeshKeys, .. FixedKeys];
}
