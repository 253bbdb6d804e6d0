namespace Consul.Fast.Consensus;

/// <summary>
/// The words that Consul's users know for errors of the file system. Peers and users are told these; where it happened stands
/// in the log with the exception.
/// </summary>
public static class FileErrorText
{
    /// <summary>The reason of a failed file operation; the exception's own text when the program made it itself.</summary>
    public static string Of(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure switch
        {
            FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
            UnauthorizedAccessException => "permission denied",
            PathTooLongException => "file name too long",
            EndOfStreamException => "unexpected EOF",
            // The system's own error number, which only exceptions of the system carry here.
            IOException { HResult: > 0 and < 4096 } => OfNumber(failure.HResult) ?? failure.Message,
            _ => failure.Message,
        };
    }

    private static string? OfNumber(int number) => number switch
    {
        1 => "operation not permitted",
        5 => "input/output error",
        11 => "resource temporarily unavailable",
        12 => "cannot allocate memory",
        16 => "device or resource busy",
        17 => "file exists",
        20 => "not a directory",
        21 => "is a directory",
        22 => "invalid argument",
        23 => "too many open files in system",
        24 => "too many open files",
        26 => "text file busy",
        27 => "file too large",
        28 => "no space left on device",
        29 => "illegal seek",
        30 => "read-only file system",
        32 => "broken pipe",
        40 => "too many levels of symbolic links",
        116 => "stale NFS file handle",
        122 => "disk quota exceeded",
        _ => null,
    };
}
