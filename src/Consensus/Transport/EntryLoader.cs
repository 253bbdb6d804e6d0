using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Transport;

/// <summary>Fetches entries that Raft has no longer in memory.</summary>
internal static class EntryLoader
{
    /// <summary>The entries of a request; null with the reason when they are not what they were when it was made.</summary>
    public static IReadOnlyList<LogEntry>? Load(ILogStore log, AppendRequest request, out string error)
    {
        error = "";
        if (request.Entries is { } entries) return entries;
        var loaded = new LogEntry[request.Count];
        try
        {
            for (int i = 0; i < loaded.Length; i++)
            {
                ulong index = request.PrevIndex + 1 + (ulong)i;
                if (log.TryRead(index, out loaded[i])) continue;
                error = $"failed to get log: index={index} error=\"log not found\"";
                return null;
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            error = "failed to get log: " + exception.Message;
            return null;
        }

        // A later leader may have replaced part of what was read; its term is in the log before its first entry is.
        if (log.HardState.Term == request.Term) return loaded;
        error = "leadership was lost";
        return null;
    }
}
