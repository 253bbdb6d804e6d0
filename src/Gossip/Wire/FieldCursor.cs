using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Gossip.Wire;

/// <summary>
/// Walks the fields of one structure: a map in any order with unknown keys skipped, or an array in order of declaration.
/// Nil is a structure of zero values.
/// </summary>
internal struct FieldCursor
{
    private readonly FieldTable _fields;
    private readonly bool _isArray;
    private readonly int _count;
    private int _read;
    private int _hint;

    public FieldCursor(scoped ref MessageReader reader, FieldTable fields)
    {
        _fields = fields;
        _isArray = reader.Peek() == MsgPackKind.Array;
        _count = _isArray ? reader.ArrayHeader(int.MaxValue) : reader.MapHeader(int.MaxValue);
    }

    /// <summary>
    /// Goes to the next known field; the caller reads its value. False at the end of the structure and after a fault.
    /// </summary>
    /// <param name="field">Number in the order of declaration.</param>
    public bool TryNext(scoped ref MessageReader reader, out int field)
    {
        while (_read < _count && !reader.Failed)
        {
            int place = _read++;
            if (_isArray)
            {
                field = place;
                if (place < _fields.Count) return true;
            }
            else
            {
                ReadOnlySpan<byte> key = reader.Key();
                field = reader.Failed ? -1 : _fields.Find(key, ref _hint);
                if (field >= 0) return true;
            }

            if (!reader.Failed) reader.Skip();
        }

        field = -1;
        return false;
    }
}
