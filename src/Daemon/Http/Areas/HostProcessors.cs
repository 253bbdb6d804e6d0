using System.Globalization;
using System.Text.Json;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The processors of the machine, one entry for each that the kernel schedules on.</summary>
internal static class HostProcessors
{
    public static Action<Utf8JsonWriter> Read()
    {
        var processors = new List<Dictionary<string, string>>();
        foreach ((string name, string value) in HostInfoJson.Lines("/proc/cpuinfo"))
        {
            if (name == "processor") processors.Add(new Dictionary<string, string>(StringComparer.Ordinal));
            if (processors.Count > 0) processors[^1][name] = value;
        }

        return writer =>
        {
            writer.WriteStartArray();
            foreach (Dictionary<string, string> processor in processors) Write(writer, processor);
            writer.WriteEndArray();
        };
    }

    private static void Write(Utf8JsonWriter writer, Dictionary<string, string> facts)
    {
        string Text(string name) => facts.GetValueOrDefault(name, "");

        writer.WriteStartObject();
        writer.WriteNumber("cpu", HostInfoJson.Number(Text("processor")));
        writer.WriteString("vendorId", Text("vendor_id"));
        writer.WriteString("family", Text("cpu family"));
        writer.WriteString("model", Text("model"));
        writer.WriteNumber("stepping", HostInfoJson.Number(Text("stepping")));
        writer.WriteString("physicalId", Text("physical id"));
        writer.WriteString("coreId", Text("core id"));
        writer.WriteNumber("cores", 1);
        writer.WriteString("modelName", Text("model name"));
        writer.WriteNumber("mhz", Megahertz(Text("processor"), Text("cpu MHz")));
        writer.WriteNumber("cacheSize", HostInfoJson.Number(Text("cache size")));
        writer.WriteStartArray("flags");
        foreach (string flag in Text("flags").Split(' ', StringSplitOptions.RemoveEmptyEntries)) writer.WriteStringValue(flag);
        writer.WriteEndArray();
        writer.WriteString("microcode", Text("microcode"));
        writer.WriteEndObject();
    }

    /// <summary>The highest frequency where it varies, else the present one.</summary>
    private static double Megahertz(string processor, string present)
    {
        string? highest = HostInfoJson.Content($"/sys/devices/system/cpu/cpu{processor}/cpufreq/cpuinfo_max_freq");
        if (highest is not null) return HostInfoJson.Number(highest) / 1000.0;
        return double.TryParse(present, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) ? value : 0;
    }
}
