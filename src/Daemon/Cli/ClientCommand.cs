using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli;

/// <summary>A command that talks to an agent.</summary>
internal abstract class ClientCommand : FlagCommand
{
    protected ClientCommand(ClientFlagSets sets) => Shared = new ClientFlags(Flags, sets);

    protected ClientFlags Shared { get; }

    /// <summary>What stands before a fault in the address, the token or the certificates.</summary>
    protected virtual string ConnectPrefix => "Error connecting to Consul agent: ";

    /// <summary>A client from flags and environment; null after printing what is wrong with them.</summary>
    protected ConsulClient? Connect(CommandContext context)
    {
        if (ConsulClient.TryCreate(Shared.Resolve(context), out ConsulClient? client, out string error)) return client;
        context.Error.WriteLine(ConnectPrefix + error);
        return null;
    }

    /// <summary>The text about positionals beyond <paramref name="expected"/>, or null.</summary>
    protected static string? TooMany(string[] arguments, int expected) =>
        arguments.Length > expected ? $"Too many arguments (expected {expected}, got {arguments.Length})" : null;
}
