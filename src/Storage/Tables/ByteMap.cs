using System.Diagnostics.CodeAnalysis;

namespace Consul.Fast.Storage.Tables;

/// <summary>
/// An immutable ordered map with byte-string keys (a B+ tree). Versions share what they have in common, so keeping one
/// costs nothing and any thread may read it. Changed through a <see cref="ByteMapEdit{TValue}"/>.
/// </summary>
internal sealed class ByteMap<TValue>(ByteMapNode<TValue>? root, int count)
{
    public static readonly ByteMap<TValue> Empty = new(null, 0);

    /// <summary>The same object as long as nothing has changed; null for the empty map.</summary>
    public ByteMapNode<TValue>? Root { get; } = root;

    public int Count { get; } = count;

    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value) => TryGet(Root, key, out value);

    public TValue? Get(ReadOnlySpan<byte> key) => TryGet(Root, key, out TValue? value) ? value : default;

    /// <summary>All entries in key order.</summary>
    public ByteMapRange<TValue> All() => new(Root, default);

    /// <summary>The entries whose key starts with <paramref name="prefix"/>, in key order.</summary>
    public ByteMapRange<TValue> WithPrefix(ReadOnlySpan<byte> prefix) => new(Root, prefix);

    internal static bool TryGet(ByteMapNode<TValue>? node, ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value)
    {
        while (node is ByteMapInner<TValue> inner) node = inner.Children[inner.ChildOf(key)];
        if (node is ByteMapLeaf<TValue> leaf)
        {
            int position = leaf.LowerBound(key, out bool found);
            if (found)
            {
                value = leaf.Values[position];
                return true;
            }
        }

        value = default;
        return false;
    }
}
