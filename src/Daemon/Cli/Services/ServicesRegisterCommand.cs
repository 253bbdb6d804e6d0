using System.Globalization;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Cli.Services;

/// <summary><c>consul services register</c>: registers the service that the flags describe, or those of files.</summary>
internal sealed class ServicesRegisterCommand : ClientCommand
{
    private readonly Flag<string> _address;
    private readonly Flag<string> _id;
    private readonly Flag<string> _kind;
    private readonly Flag<SortedDictionary<string, string>> _meta;
    private readonly Flag<string> _name;
    private readonly Flag<long> _port;
    private readonly Flag<string> _socket;
    private readonly Flag<SortedDictionary<string, string>> _taggedAddresses;
    private readonly Flag<List<string>> _tags;

    public ServicesRegisterCommand()
        : base(ClientFlagSets.Server | ClientFlagSets.Namespace)
    {
        _address = Flags.String("address", "Address of the service to register. Empty means the address of the node.");
        _id = Flags.String("id", "ID of the service to register. By default the name.");
        _kind = Flags.String("kind", "The services 'kind'. Empty for an ordinary service.");
        _meta = Flags.Map("meta", "Metadata to set on the service, formatted as `key=value`. May be repeated.");
        _name = Flags.String("name", "Name of the service to register.");
        _port = Flags.Int("port", "Port of the service to register.");
        _socket = Flags.String("socket", "Path to the Unix domain socket of the service to register.");
        _taggedAddresses = Flags.Map("tagged-address", "Tagged address of the service, formatted as `key=host:port`. May be repeated.");
        _tags = Flags.Strings("tag", "Tag to add to the service. May be repeated.");
    }

    public override string Name => "services register";

    public override string Synopsis => "Register services with the local agent";

    protected override string Usage => """
        Usage: consul services register [options] [FILE...]

          Register one or more services using the local agent API. Services can be
          registered from files in the format of the agent's configuration, or, one at
          a time, from flags.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (!TryReadAddresses(out SortedMap<ServiceAddress> addresses, out string fault))
        {
            return context.Fail($"Invalid Tagged Address: {fault}");
        }

        bool flags = _name.Value.Length > 0;
        if (arguments.Length == 0 && !flags) return context.Fail("Service registration requires at least one argument or flags.");
        if (arguments.Length > 0 && flags) return context.Fail("Service registration requires arguments or -id, not both.");
        try
        {
            IReadOnlyList<ServiceDefinition> services = flags ? [FromFlags(addresses)] : ServiceFiles.Load(arguments, context);
            using ConsulClient? client = Connect(context);
            return client is null ? ExitCode.Error : await RegisterAsync(services, client, context);
        }
        catch (ConfigException wrong)
        {
            return context.Fail($"Error: {wrong.Message}");
        }
    }

    private static async Task<int> RegisterAsync(IReadOnlyList<ServiceDefinition> services, ConsulClient client, CommandContext context)
    {
        foreach (ServiceDefinition service in services)
        {
            using var body = new ByteArrayContent(RegistrationJson.Encode(service));
            Reply reply = await client.PutAsync("/v1/agent/service/register", body: body);
            if (reply.Error is not null) return context.Fail($"Error registering service \"{service.Name}\": {reply.Error}");
            context.Out.WriteLine($"Registered service: {service.Name}");
        }

        return ExitCode.Success;
    }

    private ServiceDefinition FromFlags(SortedMap<ServiceAddress> addresses) => new()
    {
        Kind = _kind.Value,
        Id = _id.Value,
        Name = _name.Value,
        Tags = _tags.Value,
        Address = _address.Value,
        Port = (int)_port.Value,
        SocketPath = _socket.Value,
        TaggedAddresses = addresses,
        Meta = SortedMap<string>.Create(_meta.Value),
    };

    private bool TryReadAddresses(out SortedMap<ServiceAddress> addresses, out string fault)
    {
        var read = new List<KeyValuePair<string, ServiceAddress>>();
        addresses = SortedMap<ServiceAddress>.Empty;
        fault = "";
        foreach ((string tag, string value) in _taggedAddresses.Value)
        {
            int colon = value.LastIndexOf(':');
            string port = value[(colon + 1)..];
            if (colon < 0) fault = $"address {value}: missing port in address";
            else if (!int.TryParse(port, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            {
                fault = $"strconv.Atoi: parsing \"{port}\": invalid syntax";
            }
            else read.Add(new(tag, new ServiceAddress(value[..colon].Trim('[', ']'), number)));
            if (fault.Length > 0) return false;
        }

        addresses = SortedMap<ServiceAddress>.Create(read);
        return true;
    }
}
