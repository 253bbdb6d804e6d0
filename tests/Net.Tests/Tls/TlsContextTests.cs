using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Net.Tests.Transport;
using Consul.Fast.Net.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Net.Tests.Tls;

public sealed class TlsContextTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly X509Certificate2 _certificate;
    private readonly TlsFiles _files;

    public TlsContextTests()
    {
        _certificate = _authority.Server();
        _files = TlsFiles.With(_authority, _certificate);
    }

    public void Dispose()
    {
        _files.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void Nothing_configured_is_a_context_without_abilities()
    {
        Assert.False(TlsContext.None.HasCertificate);
        Assert.False(TlsContext.None.IsMutualCapable);
        Assert.False(TlsContext.None.VerifiesIncoming);
        Assert.False(TlsContext.None.DialsTls);
        Assert.False(TlsContext.None.DemandsServersForRaft);
    }

    [Fact]
    public void Settings_have_their_effects()
    {
        TlsContext plain = _files.Load();
        Assert.True(plain.HasCertificate && plain.IsMutualCapable);
        Assert.False(plain.VerifiesIncoming || plain.DialsTls || plain.DemandsServersForRaft);
        Assert.True(_files.Load(static s => s with { VerifyIncoming = true }).VerifiesIncoming);
        Assert.True(_files.Load(static s => s with { VerifyIncomingRpc = true }).VerifiesIncoming);
        Assert.False(_files.Load(static s => s with { VerifyIncomingHttps = true }).VerifiesIncoming);
        Assert.True(_files.Load(static s => s with { VerifyOutgoing = true }).DialsTls);
        Assert.True(_files.Load(static s => s with { VerifyServerHostname = true }).DialsTls);
        Assert.True(_files.Load(static s => s with { VerifyServerHostname = true, VerifyIncoming = true }).DemandsServersForRaft);
        Assert.False(_files.Load(static s => s with { CaFile = "" }).IsMutualCapable);
    }

    [Fact]
    public void Settings_that_cannot_be_met_have_clear_texts()
    {
        TlsSettings all = _files.Settings();
        Fails(all with { CaFile = "", VerifyOutgoing = true }, "VerifyOutgoing set, and no CA certificate provided!");
        Fails(all with { CaFile = "", VerifyServerHostname = true }, "VerifyOutgoing set, and no CA certificate provided!");
        Fails(all with { CaFile = "", VerifyIncoming = true }, "VerifyIncoming set but no CA certificates were provided");
        const string NeedsPair = "VerifyIncoming requires either a Cert and Key pair in the configuration file, or auto_encrypt/auto_config be enabled";
        Fails(all with { CertFile = "", KeyFile = "", VerifyIncomingRpc = true }, NeedsPair);
        Fails(all with { KeyFile = "", VerifyIncomingHttps = true }, NeedsPair);
        Fails(all with { MinVersion = "tls9" }, "TLSMinVersion: value tls9 not supported, please specify one of [tls10, tls11, tls12, tls13]");
        Fails(all with { CipherSuites = ["TLS_NO_SUCH"] }, "unsupported cipher \"TLS_NO_SUCH\"");
    }

    [Fact]
    public void Files_that_cannot_be_used_have_clear_texts()
    {
        TlsSettings all = _files.Settings();
        string none = _files.Path("none.pem");
        string junk = _files.Write("junk.pem", "junk");
        using X509Certificate2 other = _authority.Client();
        string otherKey = _files.Write("other-key.pem", TlsFiles.KeyOf(other));
        Fails(all with { CaFile = none }, $"Error loading from {none}: open {none}: no such file or directory");
        Fails(all with { CaFile = junk }, $"failed to parse PEM {junk}");
        Fails(all with { CertFile = none }, $"Failed to load cert/key pair: open {none}: no such file or directory");
        Fails(all with { KeyFile = none }, $"Failed to load cert/key pair: open {none}: no such file or directory");
        Fails(all with { CertFile = junk }, "Failed to load cert/key pair: tls: failed to find any PEM data in certificate input");
        Fails(all with { KeyFile = junk }, "Failed to load cert/key pair: tls: failed to find any PEM data in key input");
        Fails(all with { KeyFile = otherKey }, "Failed to load cert/key pair: tls: private key does not match public key");
        string broken = _files.Write("broken.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        TlsContext? context = TlsContext.TryLoad(all with { KeyFile = broken }, NullLogger.Instance, out string? error);
        Assert.Null(context);
        Assert.StartsWith("Failed to load cert/key pair: tls: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Authorities_of_a_directory_are_all_read()
    {
        using var second = new TestAuthority("Second CA");
        string directory = Directory.CreateDirectory(_files.Path("authorities")).FullName;
        TlsSettings settings = _files.Settings() with { CaFile = "", CaPath = directory };
        Fails(settings, "Error loading from CAPath: no CAs found");
        File.WriteAllText(Path.Combine(directory, "one.pem"), "a comment\n" + _authority.Pem + TlsFiles.KeyOf(_certificate));
        string below = Directory.CreateDirectory(Path.Combine(directory, "below")).FullName;
        File.WriteAllText(Path.Combine(below, "two.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + second.Pem);
        Assert.NotNull(TlsContext.TryLoad(settings, NullLogger.Instance, out string? error));
        Assert.Null(error);
        string gone = _files.Path("gone");
        Fails(settings with { CaPath = gone }, $"lstat {gone}: no such file or directory");
    }

    [Fact]
    public void Half_a_pair_is_no_certificate_and_a_warning()
    {
        var logger = new RecordingLogger();
        TlsContext context = TlsContext.TryLoad(_files.Settings() with { KeyFile = "" }, logger, out _)!;
        Assert.False(context.HasCertificate);
        Assert.Contains(logger.Lines, static line => line.Contains("Only one of cert_file and key_file"));
    }

    [Fact]
    public void A_reload_that_fails_changes_nothing()
    {
        TlsContext context = _files.Load();
        SslStreamCertificateContext? before = context.ForUpgrade().Server!.ServerCertificateContext;
        Assert.False(context.TryReload(context.Settings with { MinVersion = "old", VerifyIncoming = true }, out string? error));
        Assert.StartsWith("TLSMinVersion", error, StringComparison.Ordinal);
        File.Delete(_files.Path("ca.pem"));
        Assert.False(context.TryReload(out _));
        Assert.Same(before, context.ForUpgrade().Server!.ServerCertificateContext);
        Assert.False(context.VerifiesIncoming);
        Assert.Equal("tls12", context.Settings.MinVersion);
    }

    [Fact]
    public void A_reload_changes_settings_too()
    {
        TlsContext context = _files.Load();
        Assert.True(context.TryReload(context.Settings with { VerifyIncoming = true, MinVersion = "tls13" }, out string? error), error);
        Assert.True(context.VerifiesIncoming);
        Assert.True(context.ForUpgrade().Server!.ClientCertificateRequired);
        Assert.Equal(SslProtocols.Tls13, context.ForDatacenter("dc1").Client!.EnabledSslProtocols);
    }

    [Fact]
    public void Names_go_out_only_when_they_are_checked()
    {
        Assert.Equal("", _files.Load(static s => s with { VerifyOutgoing = true }).ForDatacenter("dc2").Client!.TargetHost);
        TlsContext strict = _files.Load(static s => s with { VerifyServerHostname = true, Domain = "corp.example." });
        Assert.Equal("server.dc2.corp.example", strict.ForDatacenter("dc2").Client!.TargetHost);
    }

    [Theory]
    [InlineData("tls12", "tls12", SslProtocols.Tls13)]
    [InlineData("tls13", "tls12", SslProtocols.Tls13)]
    public async Task Versions_are_agreed_on(string ours, string theirs, SslProtocols agreed)
    {
        TlsContext server = _files.Load(s => s with { MinVersion = theirs });
        TlsOutcome outcome = await MeetAsync(server, _files.Load(s => s with { MinVersion = ours }));
        Assert.Equal(agreed, outcome.Facts!.Protocol);
        await outcome.Stream!.DisposeAsync();
    }

    [Fact]
    public async Task A_cipher_list_is_about_old_versions_only()
    {
        TlsContext listed = _files.Load(static s => s with { CipherSuites = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"] });
        TlsOutcome outcome = await MeetAsync(listed, _files.Load(static s => s with { VerifyOutgoing = true }));
        Assert.Equal(SslProtocols.Tls13, outcome.Facts!.Protocol);
        await outcome.Stream!.DisposeAsync();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Intermediates_are_sent_and_may_be_the_trusted_end(bool trustIntermediate, bool sendRoot)
    {
        using var intermediate = new TestAuthority("Intermediate", _authority);
        using X509Certificate2 leaf = intermediate.Server();
        using TlsFiles theirs = TlsFiles.With(_authority, leaf, intermediate.Pem + (sendRoot ? _authority.Pem : ""));
        using TlsFiles ours = TlsFiles.With(trustIntermediate ? intermediate : _authority, leaf);
        TlsOutcome outcome = await MeetAsync(theirs.Load(), ours.Load(static s => s with { VerifyServerHostname = true }));
        Assert.Null(outcome.Failure);
        Assert.True(outcome.Facts!.PeerVerified);
        await outcome.Stream!.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trusted_intermediate_does_not_vouch_for_a_forged_signature(bool sendRoot)
    {
        using var intermediate = new TestAuthority("Intermediate", _authority);
        using ECDsa forger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 leaf = intermediate.Issue("server", ["server.dc1.consul"], forger: forger);
        using TlsFiles theirs = TlsFiles.With(_authority, leaf, intermediate.Pem + (sendRoot ? _authority.Pem : ""));
        using TlsFiles ours = TlsFiles.With(intermediate, _certificate);
        TlsOutcome outcome = await MeetAsync(theirs.Load(), ours.Load(static s => s with { VerifyServerHostname = true }));
        Assert.Equal("x509: certificate signed by unknown authority", outcome.Failure);
    }

    [Fact]
    public async Task A_sibling_of_a_trusted_intermediate_is_unknown()
    {
        using var trusted = new TestAuthority("Trusted", _authority);
        using var sibling = new TestAuthority("Sibling", _authority);
        using X509Certificate2 leaf = sibling.Server();
        using TlsFiles theirs = TlsFiles.With(_authority, leaf, sibling.Pem + _authority.Pem);
        using TlsFiles ours = TlsFiles.With(trusted, _certificate);
        TlsOutcome outcome = await MeetAsync(theirs.Load(), ours.Load(static s => s with { VerifyServerHostname = true }));
        Assert.Equal("x509: certificate signed by unknown authority", outcome.Failure);
    }

    private static void Fails(TlsSettings settings, string text)
    {
        Assert.Null(TlsContext.TryLoad(settings, NullLogger.Instance, out string? error));
        Assert.Equal(text, error);
    }

    /// <summary>Lets both shake hands over a loopback socket; the outcome is that of the client.</summary>
    private static async Task<TlsOutcome> MeetAsync(TlsContext server, TlsContext client)
    {
        (Stream near, Stream far) = await LoopbackStreams.CreateAsync();
        Task<TlsOutcome> accepting = server.ForUpgrade().RunAsync(far, CancellationToken.None).AsTask();
        TlsOutcome outcome = await client.ForDatacenter("dc1").RunAsync(near, CancellationToken.None);
        TlsOutcome other = await accepting.WaitAsync(Eventually.Limit);
        if (other.Stream is not null) await other.Stream.DisposeAsync();
        return outcome;
    }
}
