using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Tables;

/// <summary>How the key of each table is made of names and ids.</summary>
internal static class RowKey
{
    /// <summary>The key of a row that a name without regard to case tells apart from all others.</summary>
    public static byte[] OfName(string name)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(name);
        return key.ToArray();
    }

    /// <summary>Adds <c>name\0</c>, the common beginning of all rows under a node or service.</summary>
    public static void AddScope(ref this KeyBuilder key, string name)
    {
        key.AddLower(name);
        key.AddSeparator();
    }

    /// <summary>Adds an id in the form it is compared in; anything that is not one as it stands, which finds nothing.</summary>
    public static void AddUuid(ref this KeyBuilder key, string id)
    {
        Span<byte> digits = stackalloc byte[UuidText.MaxDigits];
        int count = UuidText.Normalize(id, digits);
        if (count < 0) key.AddExact(id);
        else key.Add(digits[..count]);
    }
}
