using Microsoft.Extensions.Logging;

namespace Consul.Fast.Storage;

/// <summary>Messages of the log and the snapshot store.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(4000, LogLevel.Warning, "Discarded an unfinished batch at the end of the log: file={File} offset={Offset}")]
    public static partial void CutUnfinishedBatch(ILogger logger, string file, long offset);

    [LoggerMessage(4001, LogLevel.Warning, "Failed to delete log files that are no longer needed")]
    public static partial void CannotGiveSpaceBack(ILogger logger, Exception exception);

    [LoggerMessage(4002, LogLevel.Warning, "Skipped a damaged snapshot: id={Id} error={Fault}")]
    public static partial void SkippedSnapshot(ILogger logger, string id, string fault);

    [LoggerMessage(4003, LogLevel.Warning, "Failed to remove an old snapshot: id={Id}")]
    public static partial void CannotRemoveSnapshot(ILogger logger, string id, Exception exception);

    [LoggerMessage(4004, LogLevel.Warning, "A log file is too short: file={File} length={Length} reserved={Reserved}")]
    public static partial void ShortFile(ILogger logger, string file, long length, long reserved);
}
