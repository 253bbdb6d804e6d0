namespace Consul.Fast.Gossip.Wire;

/// <summary>
/// Field names of one structure in the order of its declaration, which is how array-encoded structures list them. Maps come
/// sorted by key, so a look-up begins with the name after the last one found and usually needs one comparison.
/// </summary>
internal sealed class FieldTable
{
    private readonly byte[][] _sorted;
    private readonly int[] _numbers;

    /// <param name="names">In order of declaration; ASCII.</param>
    public FieldTable(params ReadOnlySpan<string> names)
    {
        string[] sorted = [.. names];
        Array.Sort(sorted, StringComparer.Ordinal);
        _sorted = Array.ConvertAll(sorted, System.Text.Encoding.ASCII.GetBytes);
        _numbers = new int[sorted.Length];
        for (int i = 0; i < sorted.Length; i++) _numbers[i] = names.IndexOf(sorted[i]);
    }

    public int Count => _sorted.Length;

    /// <summary>Number of a field in the order of declaration; -1 when the structure has none of this name.</summary>
    /// <param name="hint">Where to begin, kept by the caller between look-ups.</param>
    public int Find(ReadOnlySpan<byte> name, ref int hint)
    {
        for (int i = 0; i < _sorted.Length; i++)
        {
            int place = hint + i;
            if (place >= _sorted.Length) place -= _sorted.Length;
            if (!name.SequenceEqual(_sorted[place])) continue;
            hint = place + 1 == _sorted.Length ? 0 : place + 1;
            return _numbers[place];
        }

        return -1;
    }
}
