using System.Text;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Tests.Core;

public sealed class MemberTableTests
{
    [Fact]
    public void Table_agrees_with_a_dictionary_under_random_use()
    {
        Random random = new(5);
        MemberTable table = new();
        Dictionary<string, int> twin = [];
        for (int i = 0; i < 20_000; i++)
        {
            string name = "node-" + random.Next(400);
            byte[] key = Encoding.UTF8.GetBytes(name);
            int slot = table.Find(key);
            Assert.Equal(twin.GetValueOrDefault(name, MemberSlot.None), slot);
            if (slot == MemberSlot.None)
            {
                twin[name] = table.Add(Identity(name));
            }
            else if (random.Next(2) == 0)
            {
                table.Remove(slot);
                twin.Remove(name);
            }

            Assert.Equal(twin.Count, table.Count);
        }

        Assert.All(twin, pair => Assert.Equal(pair.Key, Encoding.UTF8.GetString(table[pair.Value].Identity.Name)));
    }

    [Fact]
    public void New_node_is_put_at_a_random_place_of_the_list()
    {
        MemberTable table = new();
        SeededRandom random = new(1);
        for (int i = 0; i < 100; i++) table.Enlist(table.Add(Identity("n" + i)), random);
        int[] list = table.List.ToArray();
        Assert.Equal(Enumerable.Range(0, 100), list.Order());
        Assert.NotEqual(Enumerable.Range(0, 100), list);
    }

    [Fact]
    public void Slot_takes_no_more_memory_than_planned() =>
        Assert.Equal(48, System.Runtime.CompilerServices.Unsafe.SizeOf<MemberSlot>());

    private static NodeIdentity Identity(string name) =>
        NodeIdentity.Of(new Alive(1, Encoding.UTF8.GetBytes(name), GossipAddress.IPv4(10, 0, 0, 1, 7946), default, VersionVector.Consul));
}
