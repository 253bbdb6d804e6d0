namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>The functions that templates may call.</summary>
internal static class TemplateFunctions
{
    /// <param name="arguments">With a piped value as the last one.</param>
    /// <exception cref="TemplateException">There is no such function, or the arguments do not fit.</exception>
    public static object Call(string name, IReadOnlyList<object> arguments, IReadOnlyList<InterfaceAddress> all)
    {
        var call = new Arguments(name, arguments);
        switch (name)
        {
            case "GetAllInterfaces": return all;
            case "GetDefaultInterfaces": return InterfaceQueries.Default(all);
            case "GetPrivateInterfaces": return InterfaceQueries.Special(all, inside: true);
            case "GetPublicInterfaces": return InterfaceQueries.Special(all, inside: false);
            case "GetPrivateIP": return First(InterfaceQueries.Special(all, inside: true));
            case "GetPublicIP": return First(InterfaceQueries.Special(all, inside: false));
            case "GetPrivateIPs": return Joined(InterfaceQueries.ForwardableByRange(all, inside: true));
            case "GetPublicIPs": return Joined(InterfaceQueries.ForwardableByRange(all, inside: false));
            case "GetInterfaceIP": return First(InterfaceQueries.ForwardableOf(all, call.Text(0)));
            case "GetInterfaceIPs": return Joined(InterfaceQueries.Include(all, "name", call.Text(0)));
            case "sort": return InterfaceQueries.Sort(call.Addresses(1), call.Text(0));
            case "include": return InterfaceQueries.Include(call.Addresses(2), call.Text(0), call.Text(1));
            case "exclude": return InterfaceQueries.Exclude(call.Addresses(2), call.Text(0), call.Text(1));
            case "limit": return InterfaceQueries.Limit(call.Addresses(1), call.Number(0));
            case "offset": return InterfaceQueries.Offset(call.Addresses(1), call.Number(0));
            case "unique": return InterfaceQueries.Unique(call.Addresses(1), call.Text(0));
            case "math": return InterfaceMath.Apply(call.Addresses(2), call.Text(0), call.Text(1));
            case "join":
                return string.Join(call.Text(1), call.Addresses(2)
                .Select(address => InterfaceAttributes.Read(address, call.Text(0))));
            case "attr": return call.Addresses(1) is { Count: > 0 } list ? InterfaceAttributes.Read(list[0], call.Text(0)) : "";
            default: return CallGeneral(name, call);
        }
    }

    private static object CallGeneral(string name, Arguments call)
    {
        switch (name)
        {
            case "len": return call[0] is string text ? text.Length : (long)call.Addresses(0).Count;
            case "not": return !TemplateValue.IsTrue(call[0]);
            case "eq": return TemplateValue.Format(call[0]) == TemplateValue.Format(call[1]);
            case "ne": return TemplateValue.Format(call[0]) != TemplateValue.Format(call[1]);
            case "and": return TemplateValue.IsTrue(call[0]) ? call[1] : call[0];
            case "or": return TemplateValue.IsTrue(call[0]) ? call[0] : call[1];
            case "true": return true;
            case "false": return false;
            default: throw new TemplateException($"function \"{name}\" not defined");
        }
    }

    private static string First(IReadOnlyList<InterfaceAddress> list) => list.Count > 0 ? list[0].Address.ToString() : "";

    private static string Joined(IReadOnlyList<InterfaceAddress> list) => string.Join(' ', list.Select(static address => address.Address));

    /// <summary>Checked access to the arguments of one call.</summary>
    private readonly struct Arguments(string function, IReadOnlyList<object> values)
    {
        public object this[int position] => position < values.Count
            ? values[position] : throw new TemplateException($"wrong number of args for {function}: got {values.Count}");

        public string Text(int position) => this[position] as string ?? throw Wrong(position, "a string");

        public long Number(int position) => this[position] is long number ? number : throw Wrong(position, "a number");

        public IReadOnlyList<InterfaceAddress> Addresses(int position) => this[position] switch
        {
            IReadOnlyList<InterfaceAddress> list => list,
            InterfaceAddress single => [single],
            _ => throw Wrong(position, "a list of addresses"),
        };

        private TemplateException Wrong(int position, string wanted) =>
            new($"error calling {function}: argument {position + 1} must be {wanted}");
    }
}
