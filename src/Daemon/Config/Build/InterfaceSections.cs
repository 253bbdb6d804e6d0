using System.Globalization;
using System.Net;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>The parts of the configuration about HTTP, DNS, the UI, limits and telemetry.</summary>
internal static class InterfaceSections
{
    private const int DnsPort = 53;

    public static HttpConfig Http(ConfigReader reader) => new()
    {
        AllowWriteFrom = reader.Cidrs("http_config.allow_write_http_from", static faults => $"allow_write_http_from: {faults[0]}"),
        BlockEndpoints = reader.Strings("http_config.block_endpoints"),
        MaxHeaderBytes = reader.Int("http_config.max_header_bytes"),
        ResponseHeaders = [.. reader.StringMap("http_config.response_headers")],
        UseCache = reader.Flag("http_config.use_cache", true),
        DiscoveryMaxStale = reader.Duration("discovery_max_stale"),
        DisableUnprintableCharFilter = reader.Flag("disable_http_unprintable_char_filter"),
        UnixSockets = new UnixSocketConfig
        {
            User = reader.Text("unix_sockets.user"),
            Group = reader.Text("unix_sockets.group"),
            Mode = Mode(reader),
        },
    };

    public static DnsConfig Dns(ConfigReader reader) => new()
    {
        Domain = WithDot(reader.Text("domain", "consul.")),
        AltDomain = WithDot(reader.Text("alt_domain")),
        Recursors = Recursors(reader),
        RecursorTimeout = reader.Duration("dns_config.recursor_timeout", TimeSpan.FromSeconds(2)),
        AllowStale = reader.Flag("dns_config.allow_stale", true),
        MaxStale = reader.Duration("dns_config.max_stale", TimeSpan.FromHours(87600)),
        NodeTtl = reader.Duration("dns_config.node_ttl"),
        ServiceTtl = SortedMap<TimeSpan>.Create(reader.StringMap("dns_config.service_ttl").Select(pair => KeyValuePair.Create(
            pair.Key, Text.GoDuration.ToTimeSpan(reader.DurationNs($"dns_config.service_ttl[\"{pair.Key}\"]", pair.Value))))),
        OnlyPassing = reader.Flag("dns_config.only_passing"),
        EnableTruncate = reader.Flag("dns_config.enable_truncate"),
        DisableCompression = reader.Flag("dns_config.disable_compression"),
        EnableAdditionalNodeMetaTxt = reader.Flag("dns_config.enable_additional_node_meta_txt", true),
        UdpAnswerLimit = reader.Int("dns_config.udp_answer_limit", 3),
        ARecordLimit = reader.Int("dns_config.a_record_limit"),
        UseCache = reader.Flag("dns_config.use_cache"),
        CacheMaxAge = reader.Duration("dns_config.cache_max_age"),
        Soa = new SoaConfig
        {
            Refresh = (uint)reader.Long("dns_config.soa.refresh", 3600),
            Retry = (uint)reader.Long("dns_config.soa.retry", 600),
            Expire = (uint)reader.Long("dns_config.soa.expire", 86400),
            MinTtl = (uint)reader.Long("dns_config.soa.min_ttl"),
        },
    };

    public static LimitConfig Limits(ConfigReader reader)
    {
        double rate = reader.Float("cache.entry_fetch_rate", double.PositiveInfinity);
        if (rate <= 0)
        {
            throw new ConfigException(
                string.Create(CultureInfo.InvariantCulture, $"cache.entry_fetch_rate must be strictly positive, was: {rate}"));
        }

        int burst = reader.Int("cache.entry_fetch_max_burst", 2);
        if (burst <= 0) throw new ConfigException($"cache.entry_fetch_max_burst must be strictly positive, was: {burst}");
        return new LimitConfig
        {
            HttpMaxConnectionsPerClient = reader.Int("limits.http_max_conns_per_client", 200),
            HttpsHandshakeTimeout = reader.Duration("limits.https_handshake_timeout", TimeSpan.FromSeconds(5)),
            RpcHandshakeTimeout = reader.Duration("limits.rpc_handshake_timeout", TimeSpan.FromSeconds(5)),
            RpcMaxConnectionsPerClient = reader.Int("limits.rpc_max_conns_per_client", 100),
            RpcRate = reader.Float("limits.rpc_rate", -1),
            RpcMaxBurst = reader.Int("limits.rpc_max_burst", 1000),
            KvMaxValueSize = reader.Long("limits.kv_max_value_size", 512 * 1024),
            TxnMaxRequestLength = reader.Long("limits.txn_max_req_len", 512 * 1024),
            CacheEntryFetchRate = rate,
            CacheEntryFetchMaxBurst = burst,
        };
    }

    public static TelemetryConfig Telemetry(ConfigReader reader)
    {
        var allowed = new List<string>();
        var blocked = new List<string>();
        foreach (string rule in reader.Strings("telemetry.prefix_filter"))
        {
            if (rule.Length == 0) reader.Warnings.Add("Cannot have empty filter rule in prefix_filter");
            else if (rule[0] == '+') allowed.Add(rule[1..]);
            else if (rule[0] == '-') blocked.Add(rule[1..]);
            else reader.Warnings.Add($"Filter rule must begin with either '+' or '-': \"{rule}\"");
        }

        return new TelemetryConfig
        {
            MetricsPrefix = reader.Text("telemetry.metrics_prefix", "consul"),
            DisableHostname = reader.Flag("telemetry.disable_hostname"),
            DisableCompat19 = reader.Flag("telemetry.disable_compat_1.9"),
            FilterDefault = reader.Flag("telemetry.filter_default", true),
            AllowedPrefixes = allowed,
            BlockedPrefixes = blocked,
            PrometheusRetentionTime = reader.Duration("telemetry.prometheus_retention_time"),
            StatsdAddress = reader.Text("telemetry.statsd_address"),
            StatsiteAddress = reader.Text("telemetry.statsite_address"),
            DogstatsdAddress = reader.Text("telemetry.dogstatsd_addr"),
            DogstatsdTags = reader.Strings("telemetry.dogstatsd_tags"),
        };
    }

    public static UiConfig Ui(ConfigReader reader, bool devMode)
    {
        string path = reader.FirstText("/ui/", "ui_config.content_path", "ui_content_path").Trim('/');
        return new UiConfig
        {
            Enabled = reader.Flag("ui_config.enabled", reader.Flag("ui", devMode)),
            Dir = reader.FirstText("", "ui_config.dir", "ui_dir"),
            ContentPath = path.Length == 0 ? "/" : $"/{path}/",
            MetricsProvider = reader.Text("ui_config.metrics_provider"),
        };
    }

    private static UnixFileMode? Mode(ConfigReader reader)
    {
        string text = reader.Text("unix_sockets.mode");
        if (text.Length == 0) return null;
        int mode = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7' || mode > 0xfff)
            {
                reader.Errors.Add($"unix_sockets.mode: invalid mode: {text}");
                return null;
            }

            mode = (mode * 8) + (digit - '0');
        }

        return (UnixFileMode)(mode & 0xfff);
    }

    private static List<string> Recursors(ConfigReader reader)
    {
        var result = new List<string>();
        foreach (string text in reader.Strings("recursors"))
        {
            int errors = reader.Errors.Count;
            string[] words = reader.Expand("recursors", text);
            if (reader.Errors.Count > errors) throw new ConfigException($"Invalid DNS recursor template \"{text}\": {reader.Errors[^1]}");
            foreach (string word in words)
            {
                if (AddressReader.IsUnix(word)) throw new ConfigException($"DNS Recursors cannot be unix sockets: {word}");
                string address = WithDnsPort(word);
                if (!result.Contains(address)) result.Add(address);
            }
        }

        return result;
    }

    private static string WithDnsPort(string word)
    {
        if (AddressReader.TryParseIp(word, out IPAddress? address)) return new IPEndPoint(address, DnsPort).ToString();
        return word.Contains(':', StringComparison.Ordinal) ? word : $"{word}:{DnsPort}";
    }

    private static string WithDot(string domain) => domain.Length == 0 || domain.EndsWith('.') ? domain : domain + ".";
}
