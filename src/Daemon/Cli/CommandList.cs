using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Cli.Catalog;
using Consul.Fast.Daemon.Cli.Kv;
using Consul.Fast.Daemon.Cli.Operator;
using Consul.Fast.Daemon.Cli.Services;
using Consul.Fast.Daemon.Cli.Snapshot;

namespace Consul.Fast.Daemon.Cli;

/// <summary>Every command of the program; a new one is one line here.</summary>
internal static class CommandList
{
    public static IReadOnlyList<ICommand> All() =>
    [
        new AgentCommand(static context => new AgentProcess(context)),
        Group("catalog", "Interact with the catalog", "This command has subcommands for interacting with Consul's catalog."),
        new CatalogDatacentersCommand(),
        new CatalogNodesCommand(),
        new CatalogServicesCommand(),
        new EventCommand(),
        new ForceLeaveCommand(),
        new InfoCommand(),
        new JoinCommand(),
        new KeygenCommand(),
        new KeyringCommand(),
        Group("kv", "Interact with the key-value store", "This command has subcommands for interacting with the key-value store."),
        new KvDeleteCommand(),
        new KvExportCommand(),
        new KvGetCommand(),
        new KvImportCommand(),
        new KvPutCommand(),
        new LeaveCommand(),
        new MaintCommand(),
        new MembersCommand(),
        Group("operator", "Provides cluster-level tools for Consul operators", "Tools for the operators of a cluster."),
        Group("operator autopilot", "Provides tools for modifying Autopilot configuration",
            "Tools for Autopilot, which manages the servers of a cluster."),
        new OperatorAutopilotGetConfigCommand(),
        new OperatorAutopilotSetConfigCommand(),
        new OperatorAutopilotStateCommand(),
        Group("operator raft", "Provides tools for the Raft subsystem", "Tools for the state of Consul's Raft subsystem."),
        new OperatorRaftListPeersCommand(),
        new OperatorRaftRemovePeerCommand(),
        new ReloadCommand(),
        new RttCommand(),
        Group("services", "Interact with services", "This command has subcommands for interacting with the services of an agent."),
        new ServicesDeregisterCommand(),
        new ServicesRegisterCommand(),
        Group("snapshot", "Saves, restores and inspects snapshots of Consul server state", "Archives of the servers' state."),
        new SnapshotInspectCommand(),
        new SnapshotRestoreCommand(),
        new SnapshotSaveCommand(),
        new ValidateCommand(),
        new VersionCommand(),
    ];

    private static CommandGroup Group(string name, string synopsis, string description) => new(name, synopsis, "  " + description, All);
}
