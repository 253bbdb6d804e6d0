using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>Writes to the local syslog daemon. While it cannot be reached, tries again every five seconds, twelve times.</summary>
internal sealed class SyslogOutput : ILogOutput
{
    private const string SocketPath = "/dev/log";
    private const int MaxAttempts = 12;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);
    private static readonly string[] Facilities =
    [
        "KERN", "USER", "MAIL", "DAEMON", "AUTH", "SYSLOG", "LPR", "NEWS", "UUCP", "CRON", "AUTHPRIV", "FTP",
        "NTP", "AUDIT", "ALERT", "CLOCK", "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3", "LOCAL4", "LOCAL5", "LOCAL6", "LOCAL7",
    ];

    private readonly int _facility;
    private readonly TimeProvider _time;
    private Socket? _socket;
    private int _attempts;
    private DateTimeOffset _nextAttempt;

    public SyslogOutput(int facility, TimeProvider time)
    {
        _facility = facility;
        _time = time;
    }

    /// <summary>The number of a facility's name; false for an unknown name.</summary>
    public static bool TryParseFacility(string name, out int facility)
    {
        facility = Array.IndexOf(Facilities, name.ToUpperInvariant());
        return facility >= 0;
    }

    public void Write(ReadOnlySpan<byte> line)
    {
        if (!EnsureConnected()) return;
        byte[] head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"<{(_facility * 8) + Severity(line)}>{_time.GetLocalNow():MMM d HH:mm:ss} consul[{Environment.ProcessId}]: "));
        try
        {
            _socket!.Send([new ArraySegment<byte>(head), new ArraySegment<byte>(line.TrimEnd((byte)'\n').ToArray())]);
        }
        catch (SocketException)
        {
            // The daemon restarted or refuses the line; the next line connects again.
            Disconnect();
        }
    }

    public void Flush()
    {
    }

    public void Dispose() => Disconnect();

    private static int Severity(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("[ERROR]"u8) >= 0 || line.IndexOf("\"@level\":\"error\""u8) >= 0) return 3;
        if (line.IndexOf("[WARN]"u8) >= 0 || line.IndexOf("\"@level\":\"warn\""u8) >= 0) return 4;
        return line.IndexOf("[INFO]"u8) >= 0 || line.IndexOf("\"@level\":\"info\""u8) >= 0 ? 6 : 7;
    }

    private bool EnsureConnected()
    {
        if (_socket is not null) return true;
        if (_attempts >= MaxAttempts || _time.GetUtcNow() < _nextAttempt) return false;
        _attempts++;
        _nextAttempt = _time.GetUtcNow() + RetryDelay;
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }

        _attempts = 0;
        _socket = socket;
        return true;
    }

    private void Disconnect()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
