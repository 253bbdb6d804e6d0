using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;
using CsCheck;

namespace Consul.Fast.Storage.Tests.Tables;

public sealed class ByteMapTests
{
    /// <summary>Few letters and short keys, so that removals hit and prefixes have many keys.</summary>
    private static readonly Gen<byte[]> Key = Gen.Byte[0, 5].Array[0, 5];

    private static readonly Gen<(int Kind, byte[] Key, int Value)> Step = Gen.Select(Gen.Int[0, 9], Key, Gen.Int);

    [Fact]
    public void Map_behaves_like_a_sorted_dictionary_and_old_versions_stay()
    {
        Step.Array[0, 600].Sample(steps =>
        {
            var twin = new SortedDictionary<byte[], int>(Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)));
            var edit = new ByteMapEdit<int>(ByteMap<int>.Empty);
            var versions = new List<(ByteMap<int> Map, KeyValuePair<byte[], int>[] Content)>();
            foreach ((int kind, byte[] key, int value) in steps)
            {
                switch (kind)
                {
                    case 0:
                        versions.Add((edit.Freeze(), [.. twin]));
                        break;
                    case 1 when versions.Count > 0 && value % 4 == 0:
                        edit.Reset(versions[^1].Map);
                        twin = new SortedDictionary<byte[], int>(twin.Comparer);
                        foreach ((byte[] k, int v) in versions[^1].Content) twin[k] = v;
                        break;
                    case 2 when value % 8 == 0:
                        byte[][] doomed = [.. twin.Keys.Where(k => k.AsSpan().StartsWith(key))];
                        foreach (byte[] k in doomed) twin.Remove(k);
                        Assert.Equal(doomed.Length, edit.RemovePrefix(key));
                        break;
                    case 3 or 4:
                        Assert.Equal(twin.Remove(key), edit.Remove(key));
                        break;
                    default:
                        twin[key] = value;
                        edit.Set(key, value);
                        break;
                }
            }

            versions.Add((edit.Freeze(), [.. twin]));
            foreach ((ByteMap<int> map, KeyValuePair<byte[], int>[] content) in versions) AssertSame(content, map);
        }, iter: 300);
    }

    [Fact]
    public void Prefix_walk_gives_exactly_the_keys_with_the_prefix()
    {
        Gen.Select(Key.Array[0, 400], Key).Sample((keys, prefix) =>
        {
            var edit = new ByteMapEdit<int>(ByteMap<int>.Empty);
            foreach (byte[] key in keys) edit.Set(key, 0);
            IEnumerable<byte[]> expected = keys.Distinct(BytesComparer.Instance)
                .Where(k => k.AsSpan().StartsWith(prefix))
                .Order(Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)));
            var actual = new List<byte[]>();
            foreach (ByteMapEntry<int> entry in edit.Freeze().WithPrefix(prefix)) actual.Add(entry.Key);
            Assert.Equal(expected, actual);
        }, iter: 300);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Map_of_many_keys_finds_walks_and_empties(bool ascending)
    {
        const int Count = 20_000;
        var edit = new ByteMapEdit<int>(ByteMap<int>.Empty);
        for (int i = 0; i < Count; i++) edit.Set(KeyOf(ascending ? i : Count - 1 - i), i);
        ByteMap<int> full = edit.Freeze();
        for (int i = 0; i < Count; i++) Assert.True(full.TryGet(KeyOf(i), out _));
        int walked = 0;
        foreach (ByteMapEntry<int> entry in full.All()) Assert.Equal(KeyOf(walked++), entry.Key);
        Assert.Equal(Count, walked);
        Assert.Equal(1000, edit.RemovePrefix("key/07"u8));
        Assert.False(edit.TryGet(KeyOf(7500), out _));
        for (int i = 0; i < Count; i++) edit.Remove(KeyOf(i));
        Assert.Equal(0, edit.Freeze().Count);
        Assert.Null(edit.Freeze().Root);
        Assert.Equal(Count, full.Count);
        Assert.True(full.TryGet(KeyOf(7500), out _));
    }

    [Fact]
    public void Lookup_and_walk_allocate_nothing()
    {
        var edit = new ByteMapEdit<string>(ByteMap<string>.Empty);
        for (int i = 0; i < 5000; i++) edit.Set(KeyOf(i), "x");
        ByteMap<string> map = edit.Freeze();
        byte[] key = KeyOf(4321);
        int found = Use(map, key);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) found += Use(map, key);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(101 * 11, found);
    }

    private static int Use(ByteMap<string> map, byte[] key)
    {
        int found = map.TryGet(key, out _) ? 1 : 0;
        foreach (ByteMapEntry<string> entry in map.WithPrefix(key.AsSpan(0, 8))) found += entry.Value.Length;
        return found;
    }

    private static byte[] KeyOf(int number) => [.. "key/"u8, .. System.Text.Encoding.ASCII.GetBytes(number.ToString("D5"))];

    private static void AssertSame(KeyValuePair<byte[], int>[] expected, ByteMap<int> actual)
    {
        Assert.Equal(expected.Length, actual.Count);
        int position = 0;
        foreach (ByteMapEntry<int> entry in actual.All())
        {
            Assert.Equal(expected[position].Key, entry.Key);
            Assert.Equal(expected[position].Value, entry.Value);
            Assert.True(actual.TryGet(entry.Key, out int value) && value == entry.Value);
            position++;
        }

        Assert.Equal(expected.Length, position);
    }
}
