namespace Consul.Fast.Net.Metrics;

/// <summary>One name and value that tells series of the same metric apart.</summary>
public readonly record struct MetricLabel(string Name, string Value)
{
    /// <summary>All labels as one text, by which series are found and ordered.</summary>
    public static string Join(IEnumerable<MetricLabel> labels) =>
        string.Concat(labels.Select(static label => $";{label.Name}={label.Value}"));
}
