using System.Diagnostics.CodeAnalysis;

namespace Consul.Fast.Storage.Tables;

/// <summary>
/// Changes to a <see cref="ByteMap{TValue}"/>: nodes made since the last <see cref="Freeze"/> are changed in place, all
/// others are copied first, so older versions never change. One thread at a time.
/// </summary>
internal sealed class ByteMapEdit<TValue>(ByteMap<TValue> map)
{
    private ByteMap<TValue> _frozen = map;
    private ByteMapNode<TValue>? _root = map.Root;
    private int _count = map.Count;
    private long _owner = ByteMapOwner.Next();

    public int Count => _count;

    /// <summary>The present content as an immutable version; the next change starts copying again.</summary>
    public ByteMap<TValue> Freeze()
    {
        if (ReferenceEquals(_frozen.Root, _root) && _frozen.Count == _count) return _frozen;
        _frozen = new ByteMap<TValue>(_root, _count);
        _owner = ByteMapOwner.Next();
        return _frozen;
    }

    /// <summary>Forgets every change since <paramref name="version"/> was frozen.</summary>
    public void Reset(ByteMap<TValue> version)
    {
        _frozen = version;
        _root = version.Root;
        _count = version.Count;
        _owner = ByteMapOwner.Next();
    }

    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value) => ByteMap<TValue>.TryGet(_root, key, out value);

    public TValue? Get(ReadOnlySpan<byte> key) => ByteMap<TValue>.TryGet(_root, key, out TValue? value) ? value : default;

    /// <summary>The entries with a prefix; the edit must not be changed while they are walked.</summary>
    public ByteMapRange<TValue> WithPrefix(ReadOnlySpan<byte> prefix) => new(_root, prefix);

    /// <summary>Adds or replaces. A replaced entry keeps its old key array.</summary>
    public void Set(byte[] key, TValue value)
    {
        if (_root is null)
        {
            var leaf = new ByteMapLeaf<TValue>(_owner);
            leaf.Insert(0, key, value);
            _root = leaf;
            _count = 1;
            return;
        }

        _root = Set(_root, key, value, out ByteMapNode<TValue>? split, out byte[]? splitKey);
        if (split is null) return;
        var root = new ByteMapInner<TValue>(_owner);
        root.Insert(0, [], _root);
        root.Insert(1, splitKey!, split);
        _root = root;
    }

    public bool Remove(ReadOnlySpan<byte> key)
    {
        if (_root is null || !ByteMap<TValue>.TryGet(_root, key, out _)) return false;
        _root = RemoveExisting(_root, key);
        _count--;
        TrimRoot();
        return true;
    }

    /// <summary>Removes every key that starts with <paramref name="prefix"/>, whole subtrees at once.</summary>
    /// <returns>How many there were.</returns>
    public int RemovePrefix(ReadOnlySpan<byte> prefix)
    {
        if (_root is null || !new ByteMapRange<TValue>(_root, prefix).MoveNext()) return 0;
        int before = _count;
        _root = RemovePrefix(_root, prefix);
        TrimRoot();
        return before - _count;
    }

    private ByteMapNode<TValue> Set(
        ByteMapNode<TValue> node, byte[] key, TValue value, out ByteMapNode<TValue>? split, out byte[]? splitKey)
    {
        if (node is ByteMapLeaf<TValue> leaf) return SetInLeaf(leaf, key, value, out split, out splitKey);
        ByteMapInner<TValue> inner = ((ByteMapInner<TValue>)node).EditableBy(_owner);
        int position = inner.ChildOf(key);
        inner.Children[position] = Set(inner.Children[position], key, value, out ByteMapNode<TValue>? childSplit, out byte[]? childKey);
        split = null;
        splitKey = null;
        if (childSplit is null) return inner;
        if (inner.Count < ByteMapNode<TValue>.Capacity)
        {
            inner.Insert(position + 1, childKey!, childSplit);
            return inner;
        }

        int cut = CutFor(position + 1, inner.Count);
        ByteMapInner<TValue> right = inner.SplitAt(cut);
        split = right;
        if (right.Count > 0) splitKey = right.Keys[0];
        if (position + 1 > cut || right.Count == 0) right.Insert(position + 1 - cut, childKey!, childSplit);
        else inner.Insert(position + 1, childKey!, childSplit);
        splitKey ??= childKey;
        return inner;
    }

    private ByteMapLeaf<TValue> SetInLeaf(
        ByteMapLeaf<TValue> shared, byte[] key, TValue value, out ByteMapNode<TValue>? split, out byte[]? splitKey)
    {
        ByteMapLeaf<TValue> leaf = shared.EditableBy(_owner);
        split = null;
        splitKey = null;
        int position = leaf.LowerBound(key, out bool found);
        if (found)
        {
            leaf.Values[position] = value;
            return leaf;
        }

        _count++;
        if (leaf.Count < ByteMapNode<TValue>.Capacity)
        {
            leaf.Insert(position, key, value);
            return leaf;
        }

        int cut = CutFor(position, leaf.Count);
        ByteMapLeaf<TValue> right = leaf.SplitAt(cut);
        if (position >= cut) right.Insert(position - cut, key, value);
        else leaf.Insert(position, key, value);
        split = right;
        splitKey = right.Keys[0];
        return leaf;
    }

    /// <summary>Keys that only grow leave full nodes behind; all others are cut in the middle.</summary>
    private static int CutFor(int position, int count) => position == count ? count : count / 2;

    private ByteMapNode<TValue>? RemoveExisting(ByteMapNode<TValue> node, ReadOnlySpan<byte> key)
    {
        if (node is ByteMapLeaf<TValue> sharedLeaf)
        {
            if (sharedLeaf.Count == 1) return null;
            ByteMapLeaf<TValue> leaf = sharedLeaf.EditableBy(_owner);
            leaf.RemoveRun(leaf.LowerBound(key, out _), 1);
            return leaf;
        }

        ByteMapInner<TValue> inner = ((ByteMapInner<TValue>)node).EditableBy(_owner);
        int position = inner.ChildOf(key);
        ReplaceChild(inner, position, RemoveExisting(inner.Children[position], key));
        return inner.Count == 0 ? null : inner;
    }

    private ByteMapNode<TValue>? RemovePrefix(ByteMapNode<TValue> node, ReadOnlySpan<byte> prefix)
    {
        if (node is ByteMapLeaf<TValue> leaf) return RemovePrefixInLeaf(leaf, prefix);
        ByteMapInner<TValue> inner = ((ByteMapInner<TValue>)node).EditableBy(_owner);
        int position = inner.ChildOf(prefix);
        ByteMapNode<TValue>? first = RemovePrefix(inner.Children[position], prefix);
        if (first is null) inner.RemoveRun(position, 1);
        else inner.Children[position++] = first;

        // A child lies in the range as a whole when its own lower bound and its successor's are inside.
        int last = position;
        while (last + 1 < inner.Count && inner.Keys[last + 1].AsSpan().StartsWith(prefix)) last++;
        if (last < inner.Count && inner.Keys[last].AsSpan().StartsWith(prefix))
        {
            for (int i = position; i < last; i++) _count -= CountOf(inner.Children[i]);
            ByteMapNode<TValue>? rest = RemovePrefix(inner.Children[last], prefix);
            if (rest is not null) inner.Children[last] = rest;
            inner.RemoveRun(position, last - position + (rest is null ? 1 : 0));
        }

        for (int i = Math.Min(position, inner.Count - 1); i >= 0 && i >= position - 1; i--) MergeIfSmall(inner, i);
        return inner.Count == 0 ? null : inner;
    }

    private ByteMapLeaf<TValue>? RemovePrefixInLeaf(ByteMapLeaf<TValue> leaf, ReadOnlySpan<byte> prefix)
    {
        int position = leaf.LowerBound(prefix, out _);
        int end = position;
        while (end < leaf.Count && leaf.Keys[end].AsSpan().StartsWith(prefix)) end++;
        if (end == position) return leaf;
        _count -= end - position;
        if (end - position == leaf.Count) return null;
        ByteMapLeaf<TValue> editable = leaf.EditableBy(_owner);
        editable.RemoveRun(position, end - position);
        return editable;
    }

    private static int CountOf(ByteMapNode<TValue> node)
    {
        if (node is not ByteMapInner<TValue> inner) return node.Count;
        int count = 0;
        for (int i = 0; i < inner.Count; i++) count += CountOf(inner.Children[i]);
        return count;
    }

    private void ReplaceChild(ByteMapInner<TValue> inner, int position, ByteMapNode<TValue>? child)
    {
        if (child is null)
        {
            inner.RemoveRun(position, 1);
            return;
        }

        inner.Children[position] = child;
        MergeIfSmall(inner, position);
    }

    private void MergeIfSmall(ByteMapInner<TValue> inner, int position)
    {
        if (inner.Children[position].Count >= ByteMapNode<TValue>.MinCount) return;
        int left = position > 0 ? position - 1 : position;
        if (left + 1 >= inner.Count) return;
        ByteMapNode<TValue> right = inner.Children[left + 1];
        if (inner.Children[left].Count + right.Count > ByteMapNode<TValue>.Capacity) return;
        if (inner.Children[left] is ByteMapLeaf<TValue> leaf)
        {
            leaf = leaf.EditableBy(_owner);
            leaf.Append((ByteMapLeaf<TValue>)right);
            inner.Children[left] = leaf;
        }
        else
        {
            ByteMapInner<TValue> merged = ((ByteMapInner<TValue>)inner.Children[left]).EditableBy(_owner);
            merged.Append(inner.Keys[left + 1], (ByteMapInner<TValue>)right);
            inner.Children[left] = merged;
        }

        inner.RemoveRun(left + 1, 1);
    }

    private void TrimRoot()
    {
        while (_root is ByteMapInner<TValue> { Count: 1 } inner) _root = inner.Children[0];
    }
}

/// <summary>Numbers of edits; never used twice, so a node can belong to one edit only.</summary>
internal static class ByteMapOwner
{
    private static long _last;

    public static long Next() => Interlocked.Increment(ref _last);
}
