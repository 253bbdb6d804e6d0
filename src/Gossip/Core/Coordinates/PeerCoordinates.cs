using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Coordinates;

/// <summary>What this node measured of one other: its last coordinate and the last three round trips.</summary>
internal struct PeerPlace
{
    public const int Samples = 3;

    public Coordinate Coordinate;
    public bool HasCoordinate;
    private double _oldest;
    private double _middle;
    private double _newest;
    private int _count;

    /// <summary>Next free one in the store.</summary>
    public int NextFree;

    /// <summary>Adds a round trip and returns the median of the last three.</summary>
    public double Filter(double seconds)
    {
        (_oldest, _middle, _newest) = (_middle, _newest, seconds);
        _count = Math.Min(_count + 1, Samples);
        return _count switch
        {
            1 => _newest,
            2 => Math.Max(_middle, _newest),
            _ => Math.Max(Math.Min(_oldest, _middle), Math.Min(Math.Max(_oldest, _middle), _newest)),
        };
    }
}

/// <summary>Places of the nodes that were measured, in one array; handles are indexes.</summary>
internal sealed class PeerCoordinates
{
    private PeerPlace[] _all = [];
    private int _used;
    private int _free = MemberSlot.None;

    public ref PeerPlace this[int handle] => ref _all[handle];

    public int Rent()
    {
        if (_free != MemberSlot.None)
        {
            int handle = _free;
            _free = _all[handle].NextFree;
            _all[handle] = default;
            return handle;
        }

        if (_used == _all.Length) Array.Resize(ref _all, Math.Max(4, _used * 2));
        return _used++;
    }

    public void Return(int handle)
    {
        _all[handle].NextFree = _free;
        _free = handle;
    }
}
