using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli.Operator;

/// <summary>What the commands below <c>consul operator</c> have in common.</summary>
internal abstract class OperatorCommand() : ClientCommand(ClientFlagSets.Server)
{
    protected override string ConnectPrefix => "Error initializing client: ";

    protected override string FlagErrorNote(string error) => $"Failed to parse args: {error}";
}
