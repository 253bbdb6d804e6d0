namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class CommandDispatcherTests
{
    [Theory]
    [InlineData("", 127)]
    [InlineData("nosuch", 127)]
    [InlineData("-flag x kv", 127)]
    public async Task An_unknown_command_lists_the_commands_on_stderr(string line, int exit)
    {
        CliRun run = await CliRun.Of(Words(line));
        Assert.Equal(exit, run.Exit);
        Assert.StartsWith("Usage: consul [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n", run.Error);
        Assert.EndsWith("\n\n", run.Error);
        Assert.DoesNotContain("list-peers", run.Error);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    public async Task Help_of_the_program_goes_to_stdout(string line)
    {
        CliRun run = await CliRun.Of(Words(line));
        Assert.Equal(0, run.Exit);
        Assert.StartsWith("Usage: consul [--version]", run.Out);
    }

    [Theory]
    [InlineData("kv get -h", "Usage: consul kv get")]
    [InlineData("kv get x -http-addr y -help", "Usage: consul kv get")]
    [InlineData("-help kv get", "Usage: consul kv get")]
    [InlineData("kv -h get", "Usage: consul kv <subcommand>")]
    [InlineData("operator raft list-peers -h", "Usage: consul operator raft list-peers")]
    public async Task Help_of_a_command_goes_to_stdout(string line, string start)
    {
        CliRun run = await CliRun.Of(Words(line));
        Assert.Equal(0, run.Exit);
        Assert.StartsWith(start, run.Out);
        Assert.False(run.Out.EndsWith("\n\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kv")]
    [InlineData("kv nosuch")]
    public async Task A_group_alone_prints_its_help_and_fails(string line)
    {
        CliRun run = await CliRun.Of(Words(line));
        Assert.Equal(1, run.Exit);
        Assert.Contains("Subcommands:\n    delete    Removes", run.Error);
    }

    [Fact]
    public async Task Flags_before_the_command_are_refused()
    {
        CliRun run = await CliRun.Of("-stale=1", "info");
        Assert.Equal(1, run.Exit);
        Assert.StartsWith("Invalid flags before the subcommand. If these flags are for\n"
            + "the subcommand, please put them after the subcommand.\n\nUsage: consul info", run.Error);
    }

    [Fact]
    public async Task An_unknown_flag_prints_the_plain_list()
    {
        CliRun run = await CliRun.Of("reload", "-bogus");
        Assert.Equal(1, run.Exit);
        Assert.StartsWith("flag provided but not defined: -bogus\nUsage:\n  -ca-file value\n    \t", run.Error);
    }

    [Fact]
    public async Task Every_command_has_help_within_the_layout()
    {
        foreach (Daemon.Cli.ICommand command in Daemon.Cli.CommandList.All())
        {
            CliRun run = await CliRun.Of([.. command.Name.Split(' '), "-h"]);
            Assert.Equal(0, run.Exit);
            Assert.StartsWith($"Usage: consul {command.Name}", run.Out);
            Assert.All(run.Out.Split('\n').Where(line => line.StartsWith("     ", StringComparison.Ordinal)), line => Assert.True(line.Length <= 80, line));
        }
    }

    [Fact]
    public async Task Whatever_a_command_throws_is_a_message_and_a_code()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var context = new Daemon.Cli.CommandContext
        {
            Out = TextWriter.Null,
            RawOut = Stream.Null,
            Error = error,
            In = Stream.Null,
            Environment = static _ => null,
        };
        Assert.Equal(1, await new Daemon.Cli.CommandDispatcher([new Broken()]).RunAsync(["broken"], context));
        Assert.Equal("Error: a bug\n", error.ToString());
    }

    private sealed class Broken : Daemon.Cli.ICommand
    {
        public string Name => "broken";

        public string Synopsis => "";

        public string Help => "";

        public Task<int> RunAsync(string[] args, Daemon.Cli.CommandContext context) => throw new InvalidOperationException("a bug");
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
