using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Fields that several messages share and that stand among each message's own fields. A small value type.</summary>
internal interface IFieldGroup
{
    static abstract int Count { get; }

    /// <summary>The key of a field; keys ascend with the number.</summary>
    static abstract ReadOnlySpan<byte> KeyOf(int field);

    void WriteValue(MsgPackWriter writer, int field);
}

/// <summary>
/// Writes a map whose own fields and those of a group are sorted together. The caller announces its own keys in ascending
/// order; the fields of the group are written in between where they belong.
/// </summary>
internal ref struct FlattenedMap<TGroup>
    where TGroup : struct, IFieldGroup
{
    private readonly MsgPackWriter _writer;
    private readonly TGroup _group;
    private int _next;

    /// <param name="ownFields">How many keys will be announced.</param>
    public FlattenedMap(MsgPackWriter writer, TGroup group, int ownFields)
    {
        _writer = writer;
        _group = group;
        writer.WriteMapHeader(ownFields + TGroup.Count);
    }

    /// <summary>Writes a key of the message itself; its value must follow.</summary>
    public void Key(scoped ReadOnlySpan<byte> key)
    {
        while (_next < TGroup.Count && TGroup.KeyOf(_next).SequenceCompareTo(key) < 0) WriteField();
        _writer.WriteKey(key);
    }

    /// <summary>Writes what is left of the group.</summary>
    public void End()
    {
        while (_next < TGroup.Count) WriteField();
    }

    private void WriteField()
    {
        _writer.WriteKey(TGroup.KeyOf(_next));
        _group.WriteValue(_writer, _next++);
    }
}
