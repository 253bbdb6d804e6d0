using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Storage.Snapshots;

namespace Consul.Fast.Daemon.Cli.Snapshot;

/// <summary><c>consul snapshot inspect</c>: what an archive holds, by type of record and by key.</summary>
internal sealed class SnapshotInspectCommand : FlagCommand
{
    private readonly Flag<string> _format;
    private readonly Flag<long> _kvDepth;
    private readonly Flag<bool> _kvDetails;
    private readonly Flag<string> _kvFilter;

    public SnapshotInspectCommand()
    {
        _format = Flags.String("format", "Output format {pretty|json}.", "pretty");
        _kvDepth = Flags.Int("kvdepth", "Can only be used with -kvdetails. The key prefix depth used to breakdown KV store data.", 2);
        _kvDetails = Flags.Bool("kvdetails", "Provides a detailed KV space usage breakdown for any KV data that's been stored.");
        _kvFilter = Flags.String("kvfilter", "Can only be used with -kvdetails. Limits KV key breakdown using this prefix filter.");
    }

    public override string Name => "snapshot inspect";

    public override string Synopsis => "Displays information about a Consul snapshot file";

    protected override string Usage => """
        Usage: consul snapshot inspect [options] FILE

          Displays information about a snapshot file on disk.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (arguments.Length == 0) return context.Fail("Missing FILE argument");
        if (arguments.Length > 1) return context.Fail($"Too many arguments (expected 1, got {arguments.Length})");
        var kv = _kvDetails.Value ? new KvBreakdown((int)Math.Clamp(_kvDepth.Value, 0, int.MaxValue), _kvFilter.Value) : null;
        try
        {
            await using FileStream archive = File.OpenRead(arguments[0]);
            using ReadSnapshot snapshot = await SnapshotArchive.ReadAsync(archive, Path.GetTempPath(), context.Cancellation);
            var statistics = new SnapshotStatistics(snapshot.Meta, kv);
            await statistics.ReadAsync(snapshot.State, context.Cancellation);
            if (_format.Value is not ("pretty" or "json"))
                return context.Fail($"Error outputting enhanced snapshot data: Unknown format: {_format.Value}");
            if (_format.Value == "json") SnapshotReport.WriteJson(statistics, context.RawOut);
            else context.Out.Write(SnapshotReport.Pretty(statistics));
            context.Out.WriteLine();
            return ExitCode.Success;
        }
        catch (InvalidDataException damage)
        {
            return context.Fail($"Error reading snapshot: {damage.Message}");
        }
        catch (Exception broken) when (GoErrors.IsFileFault(broken))
        {
            return context.Fail($"Error opening snapshot file: {GoErrors.File("open", arguments[0], broken)}");
        }
    }
}
