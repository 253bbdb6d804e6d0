using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Consul.Fast.Storage.Tables;

/// <summary>
/// Entries with a common prefix in key order, for <c>foreach</c>; allocates nothing. The map version it walks must not be
/// edited meanwhile (a published one never is).
/// </summary>
internal ref struct ByteMapRange<TValue>
{
    /// <summary>A full tree of that height would hold more keys than memory does.</summary>
    private const int MaxHeight = 16;

    private readonly ReadOnlySpan<byte> _prefix;
    private NodeStack _inners;
    private PositionStack _positions;
    private int _height;
    private ByteMapLeaf<TValue>? _leaf;
    private int _position;

    public ByteMapRange(ByteMapNode<TValue>? root, ReadOnlySpan<byte> prefix)
    {
        _prefix = prefix;
        ByteMapNode<TValue>? node = root;
        while (node is ByteMapInner<TValue> inner)
        {
            int child = inner.ChildOf(prefix);
            Push(inner, child);
            node = inner.Children[child];
        }

        _leaf = (ByteMapLeaf<TValue>?)node;
        _position = _leaf is null ? 0 : _leaf.LowerBound(prefix, out _) - 1;
    }

    public readonly ByteMapEntry<TValue> Current => new(_leaf!.Keys[_position], _leaf.Values[_position]);

    public readonly ByteMapRange<TValue> GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_leaf is null) return false;
        _position++;
        if (_position >= _leaf.Count && !NextLeaf()) return false;
        if (_leaf.Keys[_position].AsSpan().StartsWith(_prefix)) return true;
        _leaf = null;
        return false;
    }

    private bool NextLeaf()
    {
        while (_height > 0)
        {
            ByteMapInner<TValue> parent = _inners[_height - 1];
            int next = _positions[_height - 1] + 1;
            if (next == parent.Count)
            {
                _height--;
                continue;
            }

            _positions[_height - 1] = next;
            ByteMapNode<TValue> node = parent.Children[next];
            while (node is ByteMapInner<TValue> inner)
            {
                Push(inner, 0);
                node = inner.Children[0];
            }

            _leaf = (ByteMapLeaf<TValue>)node;
            _position = 0;
            return true;
        }

        _leaf = null;
        return false;
    }

    private void Push(ByteMapInner<TValue> inner, int position)
    {
        Debug.Assert(_height < MaxHeight, "tree higher than any that fits memory");
        _inners[_height] = inner;
        _positions[_height] = position;
        _height++;
    }

    [InlineArray(MaxHeight)]
    private struct NodeStack
    {
        private ByteMapInner<TValue> _first;
    }

    [InlineArray(MaxHeight)]
    private struct PositionStack
    {
        private int _first;
    }
}

internal readonly record struct ByteMapEntry<TValue>(byte[] Key, TValue Value);
