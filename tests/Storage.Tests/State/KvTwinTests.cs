using System.Text;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using CsCheck;

namespace Consul.Fast.Storage.Tests.State;

/// <summary>Indexes of keys and prefixes against a naive twin that keeps everything in flat lists.</summary>
public sealed class KvTwinTests
{
    private static readonly string[] Keys = ["", "a", "a/", "a/1", "a/2", "a/b/1", "b", "b/1", "c"];

    private static readonly Gen<(int Op, int Key, int Value, int Index)> Step =
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, Keys.Length - 1], Gen.Int[0, 2], Gen.Int[0, 3]);

    [Fact]
    public void Indexes_follow_the_twin() => Step.Array[0, 60].Sample(static steps =>
    {
        using var bed = new StateTestBed();
        var twin = new Twin();
        foreach ((int op, int key, int value, int index) in steps)
        {
            ulong next = bed.Index + 1;
            ulong asked = index == 0 ? 0 : twin.IndexOf(Keys[key]) + (ulong)(index == 3 ? 1 : 0);
            string name = op switch
            {
                0 or 1 or 2 => KvsOp.Set,
                3 => KvsOp.Delete,
                4 => KvsOp.DeleteTree,
                5 => KvsOp.Cas,
                _ => "reap",
            };
            if (name == "reap") bed.Apply(new TombstoneRequest { ReapIndex = next / 2 });
            else bed.Kv(name, Keys[key], value.ToString(), asked);
            twin.Apply(name, Keys[key], value.ToString(), asked, next);
            foreach (string prefix in Keys) Compare(twin, bed.State, prefix);
        }
    }, iter: 100);

    private static void Compare(Twin twin, ClusterState state, string prefix)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(prefix);
        Assert.Equal(twin.IndexOf(prefix), state.KvGet(bytes, null)?.ModifyIndex ?? 0);
        QueryResult<IReadOnlyList<DirEntry>> list = state.KvList(bytes, null);
        Assert.Equal(twin.KeysUnder(prefix), list.Value.Select(static e => Encoding.UTF8.GetString(e.Key)));
        Assert.Equal(twin.ListIndex(prefix), list.Index);
        Assert.Equal(twin.TableIndex, state.KvTableIndex);
    }

    private sealed class Twin
    {
        private readonly Dictionary<string, (string Value, ulong Index)> _entries = [];
        private Dictionary<string, ulong> _tombstones = [];

        public ulong TableIndex { get; private set; }

        public ulong IndexOf(string key) => _entries.TryGetValue(key, out (string Value, ulong Index) entry) ? entry.Index : 0;

        public IEnumerable<string> KeysUnder(string prefix) =>
            _entries.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

        public ulong ListIndex(string prefix)
        {
            if (prefix.Length == 0) return TableIndex;
            IEnumerable<ulong> entries = KeysUnder(prefix).Select(IndexOf);
            IEnumerable<ulong> deletions =
                _tombstones.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(static t => t.Value);
            ulong newest = entries.Concat(deletions).DefaultIfEmpty().Max();
            return newest == 0 ? TableIndex : newest;
        }

        public void Apply(string op, string key, string value, ulong asked, ulong index)
        {
            switch (op)
            {
                case KvsOp.Set:
                    Set(key, value, index);
                    break;
                case KvsOp.Cas when asked == IndexOf(key):
                    Set(key, value, index);
                    break;
                case KvsOp.Delete when _entries.Remove(key):
                    _tombstones[key] = index;
                    TableIndex = index;
                    break;
                case KvsOp.DeleteTree when KeysUnder(key).Any():
                    foreach (string k in KeysUnder(key).ToList()) _entries.Remove(k);
                    if (key.Length > 0) _tombstones[key] = index;
                    TableIndex = index;
                    break;
                case "reap":
                    _tombstones = _tombstones.Where(t => t.Value > index / 2).ToDictionary();
                    break;
            }
        }

        private void Set(string key, string value, ulong index)
        {
            if (_entries.TryGetValue(key, out (string Value, ulong Index) entry) && entry.Value == value) return;
            _entries[key] = (value, index);
            TableIndex = index;
        }
    }
}
