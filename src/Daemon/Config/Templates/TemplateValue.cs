using System.Globalization;

namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>Values in templates: texts, numbers, truth values, one address, or a list of addresses.</summary>
internal static class TemplateValue
{
    public static string Format(object value) => value switch
    {
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IReadOnlyList<InterfaceAddress> list => $"[{string.Join(' ', list)}]",
        _ => value.ToString() ?? "",
    };

    public static bool IsTrue(object value) => value switch
    {
        string text => text.Length > 0,
        long number => number != 0,
        bool flag => flag,
        IReadOnlyList<InterfaceAddress> list => list.Count > 0,
        _ => true,
    };
}
