using System.Net;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// The servers of this datacenter that the LAN pool knows and that have not left, found by their Raft id or by their address.
/// Kept up to date by the events of the pool: asking it walks over nothing. Thread safe; what it returns never changes.
/// </summary>
/// <param name="datacenter">The own one.</param>
internal sealed class ServerLookup(string datacenter)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Entry> _byName = new(StringComparer.Ordinal);
    private volatile Snapshot _known = Snapshot.Empty;

    /// <summary>All of them, this server included, in the order of their names.</summary>
    public IReadOnlyList<ServerTags> All => _known.All;

    /// <summary>How addresses show in the Raft configuration: <c>ip:port</c>, an IPv6 address in brackets.</summary>
    public static string AddressText(IPEndPoint address) => address.ToString();

    /// <summary>The server of this Raft id, or null.</summary>
    public ServerTags? ById(string id) => _known.ById.GetValueOrDefault(id);

    /// <summary>The server that takes calls at this <c>ip:port</c>, or null.</summary>
    public ServerTags? ByAddress(string ipPort) => _known.ByAddress.GetValueOrDefault(ipPort);

    /// <summary>Where the server of this Raft id takes calls, as text; null when the pool does not know it.</summary>
    public string? AddressOf(string id) => _known.AddressById.GetValueOrDefault(id);

    /// <summary>Takes over everybody the pool knows, in place of what was known so far.</summary>
    public void Refresh(IMembership pool)
    {
        lock (_gate)
        {
            _byName.Clear();
            foreach (Member member in pool.Members) Put(member);
            _known = Snapshot.Of(_byName.Values);
        }
    }

    /// <summary>Something happened in the LAN pool. Does not wait.</summary>
    public void OnMemberEvent(MemberEvent happened)
    {
        lock (_gate)
        {
            bool changed = happened.Kind is MemberEventKind.Leave or MemberEventKind.Reap
                ? _byName.Remove(happened.Member.Name)
                : Put(happened.Member);
            if (changed) _known = Snapshot.Of(_byName.Values);
        }
    }

    /// <summary>Returns false when nothing changed.</summary>
    private bool Put(Member member)
    {
        if (member.Status == MemberStatus.Left || !ServerTags.TryRead(member, out ServerTags server)
            || server.Datacenter != datacenter || server.Segment.Length > 0)
        {
            return _byName.Remove(member.Name);
        }

        var entry = new Entry(server, member.Status == MemberStatus.Failed);
        if (_byName.TryGetValue(member.Name, out Entry? known) && known == entry) return false;
        _byName[member.Name] = entry;
        return true;
    }

    private sealed record Entry(ServerTags Server, bool Failed);

    private sealed record Snapshot(
        IReadOnlyList<ServerTags> All,
        Dictionary<string, ServerTags> ById,
        Dictionary<string, string> AddressById,
        Dictionary<string, ServerTags> ByAddress)
    {
        public static readonly Snapshot Empty = Of([]);

        public static Snapshot Of(ICollection<Entry> entries)
        {
            var byId = new Dictionary<string, ServerTags>(StringComparer.Ordinal);
            var addressById = new Dictionary<string, string>(StringComparer.Ordinal);
            var byAddress = new Dictionary<string, ServerTags>(StringComparer.Ordinal);
            // A server that came back under another name or took over an address is the one that lives.
            foreach (Entry entry in entries.OrderByDescending(static entry => entry.Failed))
            {
                string address = AddressText(entry.Server.Address);
                byAddress[address] = entry.Server;
                if (entry.Server.Id.Length == 0) continue;
                byId[entry.Server.Id] = entry.Server;
                addressById[entry.Server.Id] = address;
            }

            return new Snapshot([.. entries.Select(static entry => entry.Server)], byId, addressById, byAddress);
        }
    }
}
