using System.Text.Json;

namespace Consul.Fast.Daemon.Http.Json;

internal static partial class RecordJson
{
    /// <summary>Field names, encoded once.</summary>
    private static class Names
    {
        public static readonly JsonEncodedText Id = Encode("ID");
        public static readonly JsonEncodedText Node = Encode("Node");
        public static readonly JsonEncodedText Address = Encode("Address");
        public static readonly JsonEncodedText Datacenter = Encode("Datacenter");
        public static readonly JsonEncodedText TaggedAddresses = Encode("TaggedAddresses");
        public static readonly JsonEncodedText Meta = Encode("Meta");
        public static readonly JsonEncodedText NodeMeta = Encode("NodeMeta");
        public static readonly JsonEncodedText CreateIndex = Encode("CreateIndex");
        public static readonly JsonEncodedText ModifyIndex = Encode("ModifyIndex");

        public static readonly JsonEncodedText Kind = Encode("Kind");
        public static readonly JsonEncodedText Service = Encode("Service");
        public static readonly JsonEncodedText Tags = Encode("Tags");
        public static readonly JsonEncodedText Port = Encode("Port");
        public static readonly JsonEncodedText SocketPath = Encode("SocketPath");
        public static readonly JsonEncodedText Weights = Encode("Weights");
        public static readonly JsonEncodedText EnableTagOverride = Encode("EnableTagOverride");
        public static readonly JsonEncodedText Proxy = Encode("Proxy");
        public static readonly JsonEncodedText Connect = Encode("Connect");
        public static readonly JsonEncodedText Native = Encode("Native");
        public static readonly JsonEncodedText Passing = Encode("Passing");
        public static readonly JsonEncodedText Warning = Encode("Warning");

        public static readonly JsonEncodedText ServiceKind = Encode("ServiceKind");
        public static readonly JsonEncodedText ServiceId = Encode("ServiceID");
        public static readonly JsonEncodedText ServiceName = Encode("ServiceName");
        public static readonly JsonEncodedText ServiceTags = Encode("ServiceTags");
        public static readonly JsonEncodedText ServiceAddress = Encode("ServiceAddress");
        public static readonly JsonEncodedText ServiceTaggedAddresses = Encode("ServiceTaggedAddresses");
        public static readonly JsonEncodedText ServiceWeights = Encode("ServiceWeights");
        public static readonly JsonEncodedText ServiceMeta = Encode("ServiceMeta");
        public static readonly JsonEncodedText ServicePort = Encode("ServicePort");
        public static readonly JsonEncodedText ServiceSocketPath = Encode("ServiceSocketPath");
        public static readonly JsonEncodedText ServiceEnableTagOverride = Encode("ServiceEnableTagOverride");
        public static readonly JsonEncodedText ServiceProxy = Encode("ServiceProxy");
        public static readonly JsonEncodedText ServiceConnect = Encode("ServiceConnect");

        public static readonly JsonEncodedText CheckId = Encode("CheckID");
        public static readonly JsonEncodedText Name = Encode("Name");
        public static readonly JsonEncodedText Status = Encode("Status");
        public static readonly JsonEncodedText Notes = Encode("Notes");
        public static readonly JsonEncodedText Output = Encode("Output");
        public static readonly JsonEncodedText Type = Encode("Type");
        public static readonly JsonEncodedText Interval = Encode("Interval");
        public static readonly JsonEncodedText Timeout = Encode("Timeout");
        public static readonly JsonEncodedText ExposedPort = Encode("ExposedPort");
        public static readonly JsonEncodedText Definition = Encode("Definition");
        public static readonly JsonEncodedText Checks = Encode("Checks");

        public static readonly JsonEncodedText OutputMaxSize = Encode("OutputMaxSize");
        public static readonly JsonEncodedText DeregisterCriticalServiceAfter = Encode("DeregisterCriticalServiceAfter");
        public static readonly JsonEncodedText Http = Encode("HTTP");
        public static readonly JsonEncodedText TlsServerName = Encode("TLSServerName");
        public static readonly JsonEncodedText TlsSkipVerify = Encode("TLSSkipVerify");
        public static readonly JsonEncodedText Header = Encode("Header");
        public static readonly JsonEncodedText Method = Encode("Method");
        public static readonly JsonEncodedText Body = Encode("Body");
        public static readonly JsonEncodedText DisableRedirects = Encode("DisableRedirects");
        public static readonly JsonEncodedText Tcp = Encode("TCP");
        public static readonly JsonEncodedText H2Ping = Encode("H2PING");
        public static readonly JsonEncodedText ScriptArgs = Encode("ScriptArgs");
        public static readonly JsonEncodedText DockerContainerId = Encode("DockerContainerID");
        public static readonly JsonEncodedText Shell = Encode("Shell");
        public static readonly JsonEncodedText Grpc = Encode("GRPC");
        public static readonly JsonEncodedText GrpcUseTls = Encode("GRPCUseTLS");
        public static readonly JsonEncodedText AliasNode = Encode("AliasNode");
        public static readonly JsonEncodedText AliasService = Encode("AliasService");
        public static readonly JsonEncodedText Ttl = Encode("TTL");

        public static readonly JsonEncodedText DestinationServiceName = Encode("DestinationServiceName");
        public static readonly JsonEncodedText DestinationServiceId = Encode("DestinationServiceID");
        public static readonly JsonEncodedText LocalServiceAddress = Encode("LocalServiceAddress");
        public static readonly JsonEncodedText LocalServicePort = Encode("LocalServicePort");
        public static readonly JsonEncodedText LocalServiceSocketPath = Encode("LocalServiceSocketPath");
        public static readonly JsonEncodedText Mode = Encode("Mode");
        public static readonly JsonEncodedText Config = Encode("Config");
        public static readonly JsonEncodedText Upstreams = Encode("Upstreams");
        public static readonly JsonEncodedText MeshGateway = Encode("MeshGateway");
        public static readonly JsonEncodedText Expose = Encode("Expose");
        public static readonly JsonEncodedText Paths = Encode("Paths");
        public static readonly JsonEncodedText TransparentProxy = Encode("TransparentProxy");
        public static readonly JsonEncodedText OutboundListenerPort = Encode("OutboundListenerPort");
        public static readonly JsonEncodedText DialedDirectly = Encode("DialedDirectly");
        public static readonly JsonEncodedText ListenerPort = Encode("ListenerPort");
        public static readonly JsonEncodedText Path = Encode("Path");
        public static readonly JsonEncodedText LocalPathPort = Encode("LocalPathPort");
        public static readonly JsonEncodedText Protocol = Encode("Protocol");
        public static readonly JsonEncodedText ParsedFromCheck = Encode("ParsedFromCheck");

        public static readonly JsonEncodedText DestinationType = Encode("DestinationType");
        public static readonly JsonEncodedText DestinationNamespace = Encode("DestinationNamespace");
        public static readonly JsonEncodedText DestinationName = Encode("DestinationName");
        public static readonly JsonEncodedText LocalBindAddress = Encode("LocalBindAddress");
        public static readonly JsonEncodedText LocalBindPort = Encode("LocalBindPort");
        public static readonly JsonEncodedText LocalBindSocketPath = Encode("LocalBindSocketPath");
        public static readonly JsonEncodedText LocalBindSocketMode = Encode("LocalBindSocketMode");
        public static readonly JsonEncodedText CentrallyConfigured = Encode("CentrallyConfigured");

        public static readonly JsonEncodedText LockIndex = Encode("LockIndex");
        public static readonly JsonEncodedText Key = Encode("Key");
        public static readonly JsonEncodedText Flags = Encode("Flags");
        public static readonly JsonEncodedText Value = Encode("Value");
        public static readonly JsonEncodedText Session = Encode("Session");
        public static readonly JsonEncodedText LockDelay = Encode("LockDelay");
        public static readonly JsonEncodedText Behavior = Encode("Behavior");
        public static readonly JsonEncodedText NodeChecks = Encode("NodeChecks");
        public static readonly JsonEncodedText ServiceChecks = Encode("ServiceChecks");
        public static readonly JsonEncodedText Namespace = Encode("Namespace");

        private static JsonEncodedText Encode(string name) => JsonEncodedText.Encode(name, GoJsonEncoder.Instance);
    }
}
