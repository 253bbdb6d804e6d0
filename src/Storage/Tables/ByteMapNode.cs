namespace Consul.Fast.Storage.Tables;

/// <summary>
/// A node of a <see cref="ByteMap{TValue}"/>. It may be changed only through the edit whose number it carries; from the
/// moment that edit is frozen it is immutable.
/// </summary>
internal abstract class ByteMapNode<TValue>(long owner)
{
    /// <summary>
    /// Entries per node: small enough that copying a path for one write costs about 2 KB, large enough that a million
    /// keys are four levels deep.
    /// </summary>
    public const int Capacity = 32;

    /// <summary>Below this a node is merged with a neighbour if both fit into one.</summary>
    public const int MinCount = Capacity / 4;

    /// <summary>In a leaf the keys; in an inner node a lower bound of each child's keys, the first of which is never compared.</summary>
    public readonly byte[][] Keys = new byte[Capacity][];

    public readonly long Owner = owner;

    public int Count;

    /// <summary>Position of the first key that is not less than <paramref name="key"/>.</summary>
    public int LowerBound(ReadOnlySpan<byte> key, out bool found)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = Keys[middle].AsSpan().SequenceCompareTo(key);
            if (order == 0)
            {
                found = true;
                return middle;
            }

            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        found = false;
        return low;
    }

    /// <summary>Position of the child that holds <paramref name="key"/> if anything does.</summary>
    public int ChildOf(ReadOnlySpan<byte> key)
    {
        int low = 1, high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (Keys[middle].AsSpan().SequenceCompareTo(key) <= 0) low = middle + 1;
            else high = middle - 1;
        }

        return low - 1;
    }
}

internal sealed class ByteMapLeaf<TValue>(long owner) : ByteMapNode<TValue>(owner)
{
    public readonly TValue[] Values = new TValue[Capacity];

    public ByteMapLeaf<TValue> EditableBy(long owner)
    {
        if (Owner == owner) return this;
        var copy = new ByteMapLeaf<TValue>(owner) { Count = Count };
        Array.Copy(Keys, copy.Keys, Count);
        Array.Copy(Values, copy.Values, Count);
        return copy;
    }

    public void Insert(int position, byte[] key, TValue value)
    {
        int moved = Count - position;
        Array.Copy(Keys, position, Keys, position + 1, moved);
        Array.Copy(Values, position, Values, position + 1, moved);
        Keys[position] = key;
        Values[position] = value;
        Count++;
    }

    /// <summary>Removes a run of entries and clears the places behind, so that nothing is kept alive.</summary>
    public void RemoveRun(int position, int length)
    {
        int tail = Count - position - length;
        Array.Copy(Keys, position + length, Keys, position, tail);
        Array.Copy(Values, position + length, Values, position, tail);
        Count -= length;
        Array.Clear(Keys, Count, length);
        Array.Clear(Values, Count, length);
    }

    /// <summary>Moves the entries from <paramref name="position"/> on into a new right neighbour.</summary>
    public ByteMapLeaf<TValue> SplitAt(int position)
    {
        var right = new ByteMapLeaf<TValue>(Owner) { Count = Count - position };
        Array.Copy(Keys, position, right.Keys, 0, right.Count);
        Array.Copy(Values, position, right.Values, 0, right.Count);
        RemoveRun(position, right.Count);
        return right;
    }

    public void Append(ByteMapLeaf<TValue> right)
    {
        Array.Copy(right.Keys, 0, Keys, Count, right.Count);
        Array.Copy(right.Values, 0, Values, Count, right.Count);
        Count += right.Count;
    }
}

internal sealed class ByteMapInner<TValue>(long owner) : ByteMapNode<TValue>(owner)
{
    public readonly ByteMapNode<TValue>[] Children = new ByteMapNode<TValue>[Capacity];

    public ByteMapInner<TValue> EditableBy(long owner)
    {
        if (Owner == owner) return this;
        var copy = new ByteMapInner<TValue>(owner) { Count = Count };
        Array.Copy(Keys, copy.Keys, Count);
        Array.Copy(Children, copy.Children, Count);
        return copy;
    }

    public void Insert(int position, byte[] lowerBound, ByteMapNode<TValue> child)
    {
        int moved = Count - position;
        Array.Copy(Keys, position, Keys, position + 1, moved);
        Array.Copy(Children, position, Children, position + 1, moved);
        Keys[position] = lowerBound;
        Children[position] = child;
        Count++;
    }

    public void RemoveRun(int position, int length)
    {
        int tail = Count - position - length;
        Array.Copy(Keys, position + length, Keys, position, tail);
        Array.Copy(Children, position + length, Children, position, tail);
        Count -= length;
        Array.Clear(Keys, Count, length);
        Array.Clear(Children, Count, length);
    }

    public ByteMapInner<TValue> SplitAt(int position)
    {
        var right = new ByteMapInner<TValue>(Owner) { Count = Count - position };
        Array.Copy(Keys, position, right.Keys, 0, right.Count);
        Array.Copy(Children, position, right.Children, 0, right.Count);
        RemoveRun(position, right.Count);
        return right;
    }

    public void Append(byte[] lowerBound, ByteMapInner<TValue> right)
    {
        Array.Copy(right.Keys, 0, Keys, Count, right.Count);
        Array.Copy(right.Children, 0, Children, Count, right.Count);
        Keys[Count] = lowerBound;
        Count += right.Count;
    }
}
