namespace Consul.Fast.Consensus.Transport;

/// <summary>The connections to one peer that nobody uses now. Thread safe.</summary>
internal sealed class IdleConnections
{
    private const int KeptMax = 3;

    private readonly Lock _gate = new();
    private readonly List<PeerConnection> _idle = [];

    /// <summary>The one used last, or null.</summary>
    public PeerConnection? Take(string address)
    {
        lock (_gate)
        {
            for (int i = _idle.Count - 1; i >= 0; i--)
            {
                PeerConnection connection = _idle[i];
                if (connection.Address != address || connection.IsBroken) continue;
                _idle.RemoveAt(i);
                return connection;
            }
        }

        return null;
    }

    /// <summary>False when there are enough: the caller closes it.</summary>
    public bool TryKeep(PeerConnection connection)
    {
        lock (_gate)
        {
            if (_idle.Count >= KeptMax) return false;
            connection.IdleSince = Environment.TickCount64;
            _idle.Add(connection);
            return true;
        }
    }

    /// <summary>Takes out, for closing, what fits a condition.</summary>
    public List<PeerConnection> RemoveAll(Func<PeerConnection, bool> fits)
    {
        lock (_gate)
        {
            List<PeerConnection> removed = [.. _idle.Where(fits)];
            _idle.RemoveAll(removed.Contains);
            return removed;
        }
    }
}
