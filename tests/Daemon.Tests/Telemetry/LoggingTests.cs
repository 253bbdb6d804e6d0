using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Telemetry.Logging;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Tests.Telemetry;

public sealed partial class LoggingTests : IDisposable
{
    private readonly MemoryStream _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task Text_lines_have_the_documented_form()
    {
        await using (AgentLogging logging = Create(new LoggingConfig()))
        {
            logging.Start();
            ILogger logger = logging.CreateLogger("agent.http");
            Synced(logger, "web", "two words", ["a", "b"]);
            Plain(logger);
            Embedded(logger, "n1", 3);
            Hidden(logger);
        }

        string[] lines = Lines();
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d{4}) \[INFO\]  agent\.http: Synced: check=web note=""two words"" list=\[a, b\]$", lines[0]);
        Assert.EndsWith(" [WARN]  agent.http: Nothing: to add here", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(" [ERROR] agent.http: Node n1 joined: count=3", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lines_are_objects_with_typed_values()
    {
        await using (AgentLogging logging = Create(new LoggingConfig { Json = true }))
        {
            logging.Start();
            Embedded(logging.CreateLogger("agent"), "n1", 3);
        }

        JsonElement line = JsonDocument.Parse(Assert.Single(Lines())).RootElement;
        Assert.Equal(("error", "Node n1 joined", "agent", 3), (line.GetProperty("@level").GetString(), line.GetProperty("@message").GetString(), line.GetProperty("@module").GetString(), line.GetProperty("count").GetInt32()));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$", line.GetProperty("@timestamp").GetString());
    }

    [Fact]
    public async Task Lines_wait_for_the_start_and_are_never_lost_at_the_end()
    {
        await using (AgentLogging logging = Create(new LoggingConfig()))
        {
            for (int i = 0; i < 1000; i++) Embedded(logging.CreateLogger("agent"), "n", i);
            Assert.Equal(0, _output.Length);
        }

        Assert.Equal(1000, Lines().Length);
    }

    [Fact]
    public async Task Level_changes_while_running_and_readers_have_their_own()
    {
        await using AgentLogging logging = Create(new LoggingConfig { Level = "err" });
        ILogger logger = logging.CreateLogger("agent");
        Assert.False(logger.IsEnabled(LogLevel.Warning));
        using (LogSubscription subscription = logging.Subscribe(LogLevel.Debug, json: false))
        {
            Assert.True(logger.IsEnabled(LogLevel.Debug));
            Hidden(logger);
            Assert.True(subscription.Lines.TryRead(out byte[]? line));
            Assert.EndsWith("[DEBUG] agent: Hidden\n", Encoding.UTF8.GetString(line), StringComparison.Ordinal);
            for (int i = 0; i < 600; i++) Hidden(logger);
            Assert.Equal(600 - 512, subscription.Dropped);
        }

        Assert.False(logger.IsEnabled(LogLevel.Debug));
        logging.Level = LogLevel.Trace;
        Assert.True(logger.IsEnabled(LogLevel.Trace));
    }

    [Fact]
    public void Unknown_level_is_refused() => Assert.Equal(
        "Invalid log level: zz. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]",
        Assert.Throws<ConfigException>(() => Create(new LoggingConfig { Level = "zz" })).Message);

    [Theory]
    [InlineData(0, 4)]
    [InlineData(2, 3)]
    [InlineData(-1, 1)]
    public async Task File_rotates_by_size_and_keeps_as_many_as_configured(int keep, int files)
    {
        string folder = Directory.CreateTempSubdirectory("consul-fast-log-").FullName;
        try
        {
            await using (AgentLogging logging = Create(new LoggingConfig { File = folder + "/", RotateBytes = 1, RotateMaxFiles = keep }))
            {
                logging.Start();
                for (int i = 0; i < 4; i++) Plain(logging.CreateLogger("agent"));
            }

            string[] found = [.. Directory.GetFiles(folder).Select(static path => Path.GetFileName(path)!)];
            Assert.Equal(files, found.Length);
            Assert.All(found, static name => Assert.Matches(@"^consul-\d{19}\.log$", name));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private AgentLogging Create(LoggingConfig config) => AgentLogging.Create(config, _output);

    private string[] Lines() => Encoding.UTF8.GetString(_output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [LoggerMessage(1, LogLevel.Information, "Synced: check={CheckId} note={Note} list={List}")]
    private static partial void Synced(ILogger logger, string checkId, string note, string[] list);

    [LoggerMessage(2, LogLevel.Warning, "Nothing: to add here")]
    private static partial void Plain(ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "Node {Node} joined: count={Count}")]
    private static partial void Embedded(ILogger logger, string node, int count);

    [LoggerMessage(4, LogLevel.Debug, "Hidden")]
    private static partial void Hidden(ILogger logger);
}
