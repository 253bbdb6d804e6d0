using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Definitions;

namespace Consul.Fast.Daemon.Cli.Services;

/// <summary><c>consul services deregister</c>: removes one service by its id, or those that files define.</summary>
internal sealed class ServicesDeregisterCommand : ClientCommand
{
    private readonly Flag<string> _id;

    public ServicesDeregisterCommand()
        : base(ClientFlagSets.Server | ClientFlagSets.Namespace)
    {
        _id = Flags.String("id", "ID to delete. This must not be set if arguments are given.");
    }

    public override string Name => "services deregister";

    public override string Synopsis => "Deregister services with the local agent";

    protected override string Usage => """
        Usage: consul services deregister [options] [FILE...]

          Deregister one or more services that were previously registered with the local
          agent, by files in the format of the agent's configuration or by -id.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        bool one = _id.Value.Length > 0;
        if (arguments.Length == 0 && !one) return context.Fail("Service deregistration requires at least one argument or -id.");
        if (arguments.Length > 0 && one) return context.Fail("Service deregistration requires arguments or -id, not both.");
        try
        {
            IReadOnlyList<ServiceDefinition> services = one
                ? [new ServiceDefinition { Id = _id.Value }]
                : ServiceFiles.Load(arguments, context);
            using ConsulClient? client = Connect(context);
            return client is null ? ExitCode.Error : await DeregisterAsync(services, client, context);
        }
        catch (ConfigException wrong)
        {
            return context.Fail($"Error: {wrong.Message}");
        }
    }

    private static async Task<int> DeregisterAsync(IReadOnlyList<ServiceDefinition> services, ConsulClient client, CommandContext context)
    {
        foreach (ServiceDefinition service in services)
        {
            string id = service.Id.Length > 0 ? service.Id : service.Name;
            Reply reply = await client.PutAsync("/v1/agent/service/deregister/" + QueryText.EscapePath(id));
            // The word and the name are those that scripts know.
            if (reply.Error is not null) return context.Fail($"Error registering service \"{service.Name}\": {reply.Error}");
            context.Out.WriteLine($"Deregistered service: {id}");
        }

        return ExitCode.Success;
    }
}
