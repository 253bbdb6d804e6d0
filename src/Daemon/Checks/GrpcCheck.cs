using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>
/// Asks a server by the gRPC health checking protocol: passing when it says SERVING. The two messages have one field each,
/// so they are written and read here.
/// </summary>
internal sealed class GrpcCheck : PeriodicCheck
{
    private const int PrefixBytes = 5;
    private const byte TextField = 0x0a;
    private const byte NumberField = 0x08;
    private const int Serving = 1;

    private static readonly string[] Statuses = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

    private readonly HttpMessageInvoker _client;
    private readonly Uri? _url;
    private readonly byte[] _request;

    public GrpcCheck(CheckEnvironment environment, CheckDefinition type)
        : base(environment, type, TimeSpan.FromSeconds(10))
    {
        _client = environment.Clients.Get(new(type.TlsServerName, type.TlsSkipVerify, FollowRedirects: false, UseProxy: false));
        int slash = type.Grpc.IndexOf('/', StringComparison.Ordinal);
        string target = slash < 0 ? type.Grpc : type.Grpc[..slash];
        _request = EncodeRequest(slash < 0 ? "" : type.Grpc[(slash + 1)..]);
        string scheme = type.GrpcUseTls ? "https" : "http";
        _ = Uri.TryCreate($"{scheme}://{target}/grpc.health.v1.Health/Check", UriKind.Absolute, out _url);
    }

    protected override async Task ProbeAsync(CancellationToken deadline)
    {
        string? fault;
        try
        {
            fault = _url is null
                ? $"rpc error: code = Unavailable desc = invalid target {Type.Grpc}"
                : await CallAsync(_url, deadline).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            fault = deadline.IsCancellationRequested
                ? "rpc error: code = DeadlineExceeded desc = context deadline exceeded"
                : $"rpc error: code = Unavailable desc = {HttpCheck.InnermostReason(error)}";
        }

        if (fault is null) Publish(CheckStatus.Passing, $"gRPC check {Type.Grpc}: success");
        else Publish(CheckStatus.Critical, fault);
    }

    private async Task<string?> CallAsync(Uri url, CancellationToken deadline)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(_request),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using HttpResponseMessage response = await _client.SendAsync(request, deadline).ConfigureAwait(false);
        byte[] body = await response.Content.ReadAsByteArrayAsync(deadline).ConfigureAwait(false);
        string code = Trailer(response, "grpc-status");
        if (code == "0") return DecodeStatus(body);
        return code.Length == 0
            ? $"rpc error: code = Unknown desc = unexpected HTTP status code received from server: {(int)response.StatusCode}"
            : $"rpc error: code = {CodeName(code)} desc = {Uri.UnescapeDataString(Trailer(response, "grpc-message"))}";
    }

    private string? DecodeStatus(byte[] body)
    {
        // An absent field has the value zero.
        int status = body.Length >= PrefixBytes + 2 && body[PrefixBytes] == NumberField ? body[PrefixBytes + 1] : 0;
        if (status == Serving) return null;
        string name = status < Statuses.Length ? Statuses[status] : $"{status}";
        return $"gRPC {Type.Grpc} serving status: {name}";
    }

    private static byte[] EncodeRequest(string service)
    {
        byte[] name = Encoding.UTF8.GetBytes(service);
        var message = new List<byte>();
        if (name.Length > 0)
        {
            message.Add(TextField);
            int length = name.Length;
            for (; length >= 0x80; length >>= 7) message.Add((byte)(length | 0x80));
            message.Add((byte)length);
            message.AddRange(name);
        }

        var framed = new byte[PrefixBytes + message.Count];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Count);
        message.CopyTo(framed, PrefixBytes);
        return framed;
    }

    /// <summary>A failure without a body has its trailers among the headers.</summary>
    private static string Trailer(HttpResponseMessage response, string name)
    {
        if (response.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values)) return values.First();
        return response.Headers.TryGetValues(name, out values) ? values.First() : "";
    }

    private static string CodeName(string code) => code switch
    {
        "1" => "Canceled",
        "2" => "Unknown",
        "3" => "InvalidArgument",
        "4" => "DeadlineExceeded",
        "5" => "NotFound",
        "7" => "PermissionDenied",
        "8" => "ResourceExhausted",
        "12" => "Unimplemented",
        "13" => "Internal",
        "14" => "Unavailable",
        "16" => "Unauthenticated",
        _ => $"Code({code})",
    };
}
