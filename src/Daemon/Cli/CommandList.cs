using Consul.Fast.Daemon.Cli.Catalog;
using Consul.Fast.Daemon.Cli.Kv;
using Consul.Fast.Daemon.Cli.Operator;

namespace Consul.Fast.Daemon.Cli;

/// <summary>Every command of the program; a new one is one line here.</summary>
internal static class CommandList
{
    public static IReadOnlyList<ICommand> All() =>
    [
        new CommandGroup("catalog", "Interact with the catalog", "  This command has subcommands for interacting with Consul's catalog.", All),
        new CatalogDatacentersCommand(),
        new CatalogNodesCommand(),
        new CatalogServicesCommand(),
        new InfoCommand(),
        new KeygenCommand(),
        new CommandGroup("kv", "Interact with the key-value store", "  This command has subcommands for interacting with Consul's key-value store.", All),
        new KvDeleteCommand(),
        new KvExportCommand(),
        new KvGetCommand(),
        new KvImportCommand(),
        new KvPutCommand(),
        new LeaveCommand(),
        new MaintCommand(),
        new MembersCommand(),
        new CommandGroup("operator", "Provides cluster-level tools for Consul operators", "  Provides cluster-level tools for Consul operators.", All),
        new CommandGroup("operator raft", "Provides cluster-level tools for the Raft subsystem", "  Tools for the state of Consul's Raft subsystem.", All),
        new OperatorRaftListPeersCommand(),
        new ReloadCommand(),
    ];
}
