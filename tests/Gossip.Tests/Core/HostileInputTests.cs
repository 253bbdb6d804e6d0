using System.Text;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Core.Swim;
using Consul.Fast.Gossip.Tests.Core.Fakes;

namespace Consul.Fast.Gossip.Tests.Core;

/// <summary>
/// Whatever well-formed messages peers send, in whatever order and with whatever numbers, a core does not throw, keeps its
/// own house in order, and stays bounded.
/// </summary>
public sealed class HostileInputTests
{
    private static readonly string[] s_names = ["a", "b", "c", "d", "e", "", "a name with blanks", new string('x', 300)];
    private static readonly ulong[] s_times = [0, 1, 2, 5, 511, 512, 513, 100_000, ulong.MaxValue - 1, ulong.MaxValue];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Core_takes_anything(int seed)
    {
        NullOutput output = new();
        CoreSettings settings = new(
            SwimOptions.Lan, SerfOptions.Default, "a"u8.ToArray(), ScriptBed.AddressOf('a'), "m"u8.ToArray(), VersionVector.Consul, 7946, (ulong)seed);
        GossipCore core = new(settings, PlainCodec.Instance, OpenPolicy.Instance, output);
        core.Start(TimeSpan.Zero);
        Attacker attacker = new(core, output, new Random(seed));
        uint incarnation = 0;
        for (int i = 0; i < 60_000; i++)
        {
            attacker.Strike();
            Assert.True(core.Incarnation >= incarnation);
            incarnation = core.Incarnation;
            Assert.Equal(NodeState.Alive, core.Members[SwimCore.SelfSlot].State);
        }

        Assert.InRange(core.Members.Count, 1, s_names.Length);
        (int membership, int intents, int queries, int events) = core.QueueLengths;
        Assert.InRange(membership, 0, 2 * s_names.Length);
        Assert.True(intents <= 5000 && queries <= 5000 && events <= 5000, core.QueueLengths.ToString());
    }

    private sealed class Attacker(GossipCore core, NullOutput output, Random random)
    {
        private readonly PlainMessages _messages = new();
        private readonly PushPullBuffer _buffer = new();
        private TimeSpan _now;

        public void Strike()
        {
            _now += TimeSpan.FromMilliseconds(random.Next(60));
            if (random.Next(3) == 0) core.Tick(_now);
            switch (random.Next(18))
            {
                case 0 or 1:
                    core.OnAlive(_now, new Alive(Number(), Name(), Address(), Meta(), Vsn()), Address());
                    break;
                case 2:
                    core.OnSuspect(_now, new Suspect(Number(), Name(), Name()));
                    break;
                case 3:
                    core.OnDead(_now, new Dead(Number(), Name(), Name()));
                    break;
                case 4:
                    core.OnPing(_now, new Ping(Number(), Name(), Address(), Name()), ScriptBed.AddressOf('z'));
                    break;
                case 5:
                    core.OnIndirectPing(_now, new IndirectPing(Number(), Address(), Name(), Flip(), Address(), Name()), ScriptBed.AddressOf('z'));
                    break;
                case 6:
                    core.OnAckResp(_now, new AckResp(Flip() ? output.LastPing : Number(), Meta()), _now);
                    break;
                case 7:
                    core.OnNackResp(_now, new NackResp(Flip() ? output.LastPing : Number()));
                    break;
                case 8:
                    Merge();
                    break;
                case 9:
                    core.OnStreamPingAnswered(_now, output.LastPing);
                    core.OnPingNotSent(_now, output.LastPing, Flip());
                    break;
                default:
                    PlainDispatch.Deliver(core, _now, Serf());
                    break;
            }
        }

        private byte[] Serf() => random.Next(6) switch
        {
            0 => _messages.Of(new JoinIntent(Time(), Name())),
            1 => _messages.Of(new LeaveIntent(Time(), Name(), Flip())),
            2 => _messages.Of(new UserEvent(Time(), Name(), Meta(), Flip())),
            3 => _messages.Of(new Query(
                Time(), Number(), Address(), Name(), Filters(), (QueryFlags)random.Next(4), (byte)random.Next(256),
                TimeSpan.FromTicks(random.NextInt64(-1000, 1_000_000_000)), QueryName(), Meta())),
            4 => _messages.Of(new QueryResponse(Time(), Number(), Name(), (QueryFlags)random.Next(4), Meta())),
            _ => _messages.Of(new Relay(Address(), Name(), _messages.Of(new JoinIntent(1, Name())))),
        };

        private void Merge()
        {
            PushNodeState[] nodes = [.. Enumerable.Range(0, random.Next(6)).Select(
                _ => new PushNodeState(Name(), Address(), Meta(), Number(), (NodeState)random.Next(4), Vsn()))];
            StatusLTime[] statuses = [.. Enumerable.Range(0, random.Next(6)).Select(_ => new StatusLTime(Name(), Time()))];
            ReadOnlyMemory<byte>[] left = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Name())];
            BufferedEvents[] events = [.. Enumerable.Range(0, random.Next(3)).Select(
                _ => new BufferedEvents(Time(), new[] { new BufferedEvent(Name(), Meta()) }))];
            SerfPushPull serf = new(Time(), statuses, left, Time(), events, Time());
            core.OnPushPullRequest(_now, new PushPullState(Flip(), nodes, Flip(), serf));
            PushPullState mine = core.LocalState(_buffer, isJoin: false);
            Assert.Equal(core.MemberCount, mine.UserState.StatusLTimes.Length);
            Assert.Equal(core.LeftCount, mine.UserState.LeftMembers.Length);
        }

        private bool Flip() => random.Next(2) == 0;

        private ulong Time() => random.Next(4) == 0 ? s_times[random.Next(s_times.Length)] : (ulong)random.Next(600);

        private uint Number() => random.Next(40) == 0 ? uint.MaxValue - (uint)random.Next(3) : (uint)random.Next(6);

        private ReadOnlyMemory<byte> Name() => Encoding.UTF8.GetBytes(s_names[random.Next(s_names.Length)]);

        private ReadOnlyMemory<byte> QueryName() => Encoding.UTF8.GetBytes(
            random.Next(4) switch { 0 => "_serf_conflict", 1 => "_serf_list-keys", 2 => "_serf_use-key", _ => "q" });

        private ReadOnlyMemory<byte> Meta() => new byte[random.Next(8) == 0 ? 600 : random.Next(4)];

        private VersionVector Vsn() => random.Next(10) switch
        {
            0 => default,
            1 => new VersionVector(0, 5, 2, 2, 5, 4),
            2 => new VersionVector(1, 1, 1, 2, 2, 2),
            _ => VersionVector.Consul,
        };

        private GossipAddress Address()
        {
            Assert.True(GossipAddress.TryFrom(new byte[random.Next(5) switch { 0 => 0, 1 => 16, _ => 4 }], (ushort)random.Next(3), out GossipAddress odd));
            return random.Next(4) == 0 ? odd : ScriptBed.AddressOf((char)('a' + random.Next(5)));
        }

        private ReadOnlyMemory<ReadOnlyMemory<byte>> Filters()
        {
            if (random.Next(3) > 0) return default;
            return new ReadOnlyMemory<byte>[] { _messages.NodeFilter(["a", "b"]), _messages.TagFilter("role", "x") };
        }
    }
}
