using System.Text.Json;
using Consul.Fast.Consensus.Core;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>
/// The operator's way out of a lost quorum: a <c>peers.json</c> beside the Raft data names the servers that are left. At the
/// next start everything in the log is taken as committed and the cluster consists of those servers.
/// </summary>
internal static class PeersRecovery
{
    private const string Explanation =
        """
        As of Consul 0.7.0, the peers.json file is only used for recovery
        after an outage. The format of this file depends on what the server has
        configured for its Raft protocol version. Please see the agent configuration
        page at https://www.consul.io/docs/agent/options.html#_raft_protocol for more
        details about this parameter.

        For Raft protocol version 3 and later, this should be formatted as a JSON
        array containing the node ID, address:port, and suffrage information of each
        Consul server in the cluster, like this:

        [
          {
            "id": "adf4238a-882b-9ddc-4a9d-5b6758e4159e",
            "address": "10.1.0.1:8300",
            "non_voter": false
          }
        ]
        """;

    /// <summary>
    /// The servers that <c>peers.json</c> names, null when there is nothing to recover. The first start in a directory only
    /// leaves a note behind; a <c>peers.json</c> that is there before it belongs to an old format and is removed unread.
    /// </summary>
    /// <exception cref="InvalidDataException">The file does not hold a valid configuration.</exception>
    public static ClusterConfiguration? Read(string directory)
    {
        string peers = Path.Combine(directory, "peers.json");
        string note = Path.Combine(directory, "peers.info");
        if (!File.Exists(note))
        {
            Directory.CreateDirectory(directory);
            File.WriteAllText(note, Explanation);
            File.Delete(peers);
            return null;
        }

        if (!File.Exists(peers)) return null;
        ClusterConfiguration configuration = Parse(peers);
        return ConfigurationRules.Validate(configuration) is { } fault ? throw Damage(peers, fault) : configuration;
    }

    public static void Finish(string directory) => File.Delete(Path.Combine(directory, "peers.json"));

    /// <summary>Turns the recovered state into a snapshot at the end of the log, with the new servers.</summary>
    /// <exception cref="InvalidDataException">There is no state to recover.</exception>
    public static async Task<RecoveredState> RunAsync(
        RecoveredState state, ClusterConfiguration configuration, ILogStore log, ISnapshotStore snapshots, IStateMachine machine,
            ILogger logger)
    {
        if (state.LastIndex == 0 && state.HardState.Term == 0)
        {
            throw new InvalidDataException("refused to recover cluster with no initial state, this is probably an operator error");
        }

        ulong term = state.SnapshotTerm;
        for (ulong index = state.SnapshotIndex + 1; index <= state.LastIndex; index++)
        {
            if (!log.TryRead(index, out LogEntry entry)) throw new InvalidDataException($"log entry {index} is missing");
            term = entry.Term;
            if (entry.Type == EntryType.Command) machine.Apply([entry], new object?[1]);
        }

        ISnapshotSink sink = snapshots.Create(state.LastIndex, term, configuration, configurationIndex: 1);
        await using (sink.ConfigureAwait(false))
        {
            machine.Capture().WriteTo(sink.Stream, CancellationToken.None);
            await sink.CommitAsync().ConfigureAwait(false);
        }

        log.Reset();
        log.SetHardState(state.HardState);
        log.Sync();
        Log.PeersRecovered(logger, state.LastIndex, RaftLoop.Describe(configuration));
        ConfigurationPoint point = new(configuration, 1);
        return new RecoveredState(
            state.HardState, state.LastIndex, term, point, state.LastIndex + 1, state.LastIndex, TermSpans.Empty, point, point);
    }

    private static ClusterConfiguration Parse(string peers)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(peers));
            List<RaftServer> servers = [];
            foreach (JsonElement peer in document.RootElement.EnumerateArray())
            {
                bool nonVoter = peer.TryGetProperty("non_voter", out JsonElement value) && value.GetBoolean();
                servers.Add(new RaftServer(nonVoter ? Suffrage.NonVoter : Suffrage.Voter, Text(peer, "id"), Text(peer, "address")));
            }

            return new ClusterConfiguration(servers);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Damage(peers, e.Message);
        }
    }

    private static InvalidDataException Damage(string peers, string fault) =>
        new($"recovery failed to parse peers.json: {fault} (file {peers})");

    private static string Text(JsonElement peer, string name) =>
        peer.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";
}
