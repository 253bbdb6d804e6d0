using Consul.Fast.Daemon.Config;

namespace Consul.Fast.Daemon.Tests.Config;

public sealed class ValidationTests
{
    [Theory]
    [InlineData("ports { proxy_min_port = 2, proxy_max_port = 1 }", "proxy_min_port must be less than proxy_max_port. To disable, set both to zero.")]
    [InlineData("ports { sidecar_min_port = 22000 }", "sidecar_min_port must be less than sidecar_max_port. To disable, set both to zero.")]
    [InlineData("bind_addr = \"\"", "bind_addr cannot be empty")]
    [InlineData("bind_addr = \"1.1.1.1 2.2.2.2\"", "bind_addr cannot contain multiple addresses. Use 'addresses.{dns,http,https}' instead.")]
    [InlineData("bind_addr = \"unix:///x\"", "bind_addr cannot be a unix socket")]
    [InlineData("bind_addr = \"nope\"", "bind_addr must be an ip address")]
    [InlineData("advertise_addr = \"0.0.0.0\"", "Advertise address cannot be 0.0.0.0, :: or [::]")]
    [InlineData("advertise_addr_wan = \"[::]\"", "Advertise WAN address cannot be 0.0.0.0, :: or [::]")]
    [InlineData("advertise_addr_ipv4 = \"::1\"", "advertise_addr_ipv4 must be an ipv4 address")]
    [InlineData("advertise_addr_wan_ipv6 = \"1.2.3.4\"", "advertise_addr_wan_ipv6 must be an ipv6 address")]
    [InlineData("recursors = [\"unix:///x\"]", "DNS Recursors cannot be unix sockets: unix:///x")]
    [InlineData("performance { raft_multiplier = 20 }", "performance.raft_multiplier cannot be 20. Must be between 1 and 10")]
    [InlineData("cache { entry_fetch_rate = 0 }", "cache.entry_fetch_rate must be strictly positive, was: 0")]
    [InlineData("raft_protocol = 2", "raft_protocol version 2 is not supported by this version of Consul")]
    [InlineData("datacenter = \"\"", "datacenter cannot be empty")]
    [InlineData("datacenter = \"dc.1\"", "datacenter can only contain lowercase alphanumeric, - or _ characters. received: \"dc.1\"")]
    [InlineData("data_dir = \"\"", "data_dir cannot be empty")]
    [InlineData("data_dir = \"/proc/version\"", "data_dir \"/proc/version\" is not a directory")]
    [InlineData("ui_config { content_path = \"/v1/\" }", "ui-content-path cannot have 'v[0-9]'. received: \"/v1/\"")]
    [InlineData("node_name = \"\"", "node_name cannot be empty")]
    [InlineData("segment = \"x\"", "Network segments are not supported in this version of Consul")]
    [InlineData("addresses { dns = \"unix:///x\" }", "DNS address cannot be a unix socket")]
    [InlineData("recursors = [\"0.0.0.0\"]", "DNS recursor address cannot be 0.0.0.0, :: or [::]")]
    [InlineData("alt_domain = \"node.x\"", "alt_domain cannot start with {service,connect,node,query,addr,dc1}")]
    [InlineData("server = false\nbootstrap = true", "'bootstrap = true' requires 'server = true'")]
    [InlineData("bootstrap_expect = -1", "bootstrap_expect cannot be -1. Must be greater than or equal to zero")]
    [InlineData("server = false\nbootstrap_expect = 3", "'bootstrap_expect > 0' requires 'server = true'")]
    [InlineData("bootstrap = true\nbootstrap_expect = 3", "'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive")]
    [InlineData("check_output_max_size = 0", "check_output_max_size must be positive, to discard check output use the discard_check_output flag")]
    [InlineData("autopilot { max_trailing_logs = -1 }", "autopilot.max_trailing_logs cannot be -1. Must be greater than or equal to zero")]
    [InlineData("dns_config { udp_answer_limit = -1 }", "dns_config.udp_answer_limit cannot be -1. Must be greater than or equal to zero")]
    [InlineData("node_meta { consul-x = \"v\" }", "node_meta invalid: Couldn't load metadata pair ('consul-x', 'v'): Key prefix 'consul-' is reserved for internal use")]
    [InlineData("encrypt = \"?\"", "encrypt has invalid key: illegal base64 data at input byte 0")]
    [InlineData("encrypt = \"AAA\"", "encrypt has invalid key: illegal base64 data at input byte 0")]
    [InlineData("encrypt = \"AAAA=\"", "encrypt has invalid key: illegal base64 data at input byte 4")]
    [InlineData("server = false\nconnect { enable_mesh_gateway_wan_federation = true }", "'connect.enable_mesh_gateway_wan_federation = true' requires 'server = true'")]
    [InlineData("node_name = \"a/b\"\nconnect { enable_mesh_gateway_wan_federation = true }", "'connect.enable_mesh_gateway_wan_federation = true' requires that 'node_name' not contain '/' characters")]
    [InlineData("start_join_wan = [\"a\"]\nconnect { enable_mesh_gateway_wan_federation = true }", "'start_join_wan' is incompatible with 'connect.enable_mesh_gateway_wan_federation = true'")]
    [InlineData("retry_join_wan = [\"a\"]\nconnect { enable_mesh_gateway_wan_federation = true }", "'retry_join_wan' is incompatible with 'connect.enable_mesh_gateway_wan_federation = true'")]
    [InlineData("server = false\nprimary_gateways = [\"x\"]", "'primary_gateways' requires 'server = true'")]
    [InlineData("ports { http = 8600 }", "HTTP address 127.0.0.1:8600 already configured for DNS")]
    [InlineData("connect { ca_provider = \"x\" }", "x is not a valid CA provider")]
    [InlineData("auto_encrypt { tls = true }", "auto_encrypt.tls can only be used on a client.")]
    [InlineData("advertise_reconnect_timeout = \"1h\"", "advertise_reconnect_timeout can only be used on a client")]
    public void Unusable_value_is_refused(string hcl, string expected) => Assert.Equal(expected, ConfigSetup.Refusal(hcl));

    [Theory]
    [InlineData("session_ttl_min = \"zz\"", "session_ttl_min: invalid duration: \"zz\": time: invalid duration \"zz\"")]
    [InlineData("retry_interval = \"5\"", "retry_interval: invalid duration: \"5\": time: missing unit in duration \"5\"")]
    [InlineData("retry_interval = \"5x\"", "retry_interval: invalid duration: \"5x\": time: unknown unit \"x\" in duration \"5x\"")]
    [InlineData("check { id = \"a\", interval = \"q\" }", "check[a].interval: invalid duration: \"q\": time: invalid duration \"q\"")]
    [InlineData("dns_config { service_ttl { web = \"q\" } }", "dns_config.service_ttl[\"web\"]: invalid duration: \"q\": time: invalid duration \"q\"")]
    [InlineData("ports { http = 70000 }", "ports.http: invalid port: 70000")]
    [InlineData("ports { server = 70000 }", "ports.server: invalid port: 70000")]
    [InlineData("client_addr = \"nope\"", "client_addr: invalid ip address: nope")]
    [InlineData("serf_lan = \"1.1.1.1 2.2.2.2\"", "serf_lan: multiple addresses found: 1.1.1.1 2.2.2.2")]
    [InlineData("client_addr = \"unix:///x\"", "client_addr cannot be a unix socket")]
    [InlineData("http_config { allow_write_http_from = [\"zz\"] }", "allow_write_http_from: invalid cidr: zz")]
    [InlineData("tls_cipher_suites = \"zz\"", "tls_cipher_suites: invalid tls cipher suites: unsupported cipher \"zz\"")]
    [InlineData("unix_sockets { mode = \"0899\" }", "unix_sockets.mode: invalid mode: 0899")]
    [InlineData("service { name = \"w\", meta { \"a b\" = \"\" } }", "invalid meta for service w: Couldn't load metadata pair ('a b', ''): Key contains invalid characters")]
    [InlineData("service { name = \"w\", weights { passing = -1 } }", "Invalid weight definition for service w: Passing must be greater than 0")]
    [InlineData("service { name = \"w\", socket_path = \"/s\", port = 1 }", "service w cannot have both socket path /s and address/port")]
    public void Malformed_value_is_collected(string hcl, string expected) =>
        Assert.Equal($"1 error occurred:\n\t* {expected}\n\n", ConfigSetup.Refusal(hcl));

    [Theory]
    [InlineData("start_join")]
    [InlineData("start_join_wan")]
    [InlineData("retry_join")]
    [InlineData("retry_join_wan")]
    public void Template_among_addresses_to_join_must_be_one(string key) => Assert.StartsWith(
        $"1 error occurred:\n\t* {key}: error parsing \"{{{{ Nonsense }}}}\": ", ConfigSetup.Refusal($"{key} = [\"{{{{ Nonsense }}}}\"]"), StringComparison.Ordinal);

    [Fact]
    public void Malformed_values_are_reported_together() => Assert.Equal(
        "2 errors occurred:\n\t* session_ttl_min: invalid duration: \"a\": time: invalid duration \"a\"\n"
        + "\t* retry_interval: invalid duration: \"b\": time: invalid duration \"b\"\n\n",
        ConfigSetup.Refusal("session_ttl_min = \"a\"", "retry_interval = \"b\""));

    [Fact]
    public void Allowed_networks_have_their_own_list() => Assert.Equal(
        "1 error occurred:\n\t* serf_lan_allowed_cidrs: 1 error occurred:\n\t* invalid cidr: zz\n\n\n\n",
        ConfigSetup.Refusal("serf_lan_allowed_cidrs = [\"zz\"]"));

    [Fact]
    public void Proxy_without_destination_is_refused() => Assert.StartsWith(
        "service \"p\": 1 error occurred:\n\t* Proxy.DestinationServiceName must be non-empty for Connect proxy services\n",
        ConfigSetup.Refusal("service { name = \"p\", kind = \"connect-proxy\", port = 1 }"), StringComparison.Ordinal);

    [Fact]
    public void Expected_server_in_dev_mode_is_refused() => Assert.Equal(
        "'bootstrap_expect > 0' not allowed in dev mode",
        Assert.Throws<ConfigException>(() => new ConfigSetup().Load("-dev", "-bootstrap-expect=1")).Message);

    [Theory]
    [InlineData("bootstrap_expect = 1", "BootstrapExpect is set to 1; this is the same as Bootstrap mode.")]
    [InlineData("bootstrap = true", "bootstrap = true: do not enable unless necessary")]
    [InlineData("bootstrap_expect = 3", "bootstrap_expect > 0: expecting 3 servers")]
    [InlineData("acl_enforce_version_8 = true", "config key \"acl_enforce_version_8\" is deprecated and should be removed")]
    [InlineData("acl_datacenter = \"dc1\"", "The 'acl_datacenter' field is deprecated. Use the 'primary_datacenter' field instead.")]
    [InlineData("ui = true", "The 'ui' field is deprecated. Use the 'ui_config.enabled' field instead.")]
    [InlineData("ui_dir = \"/x\"", "The 'ui_dir' field is deprecated. Use the 'ui_config.dir' field instead.")]
    [InlineData("read_replica = true", "\"read_replica (or the deprecated non_voting_server)\" is a Consul Enterprise configuration and will have no effect")]
    [InlineData("audit { enabled = true }", "\"audit\" is a Consul Enterprise configuration and will have no effect")]
    [InlineData("autopilot { upgrade_version_tag = \"x\" }", "\"autopilot.upgrade_version_tag\" is a Consul Enterprise configuration and will have no effect")]
    [InlineData("telemetry { prefix_filter = [\"x\"] }", "Filter rule must begin with either '+' or '-': \"x\"")]
    [InlineData("node_name = \"a_b\"", "Node name \"a_b\" will not be discoverable via DNS due to invalid characters. Valid characters include all alpha-numerics and dashes.")]
    public void Remark_is_made(string hcl, string expected) => Assert.Contains(expected, ConfigSetup.Server(hcl).Warnings);

    [Fact]
    public void Single_expected_server_is_told_to_be_bootstrap_mode() => Assert.Equal(
        ["BootstrapExpect is set to 1; this is the same as Bootstrap mode.", "bootstrap = true: do not enable unless necessary"],
        ConfigSetup.Server("bootstrap_expect = 1").Warnings);

    [Fact]
    public void Plain_server_has_no_remarks()
    {
        LoadedConfig loaded = ConfigSetup.Server();
        Assert.Empty(loaded.Warnings);
        Assert.Empty(loaded.NotYetEffective);
    }
}
