using System.Globalization;
using System.Text.Json;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Json;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Json;

/// <summary>
/// The fields of one JSON object, read by name without regard to case. Of a repeated key the last value counts, and
/// <c>null</c> counts as absent. A getter never throws: the first fault in document order, be it a value of the wrong type
/// or a field that nobody asked for, is what <see cref="Finish"/> reports. Names after the first are accepted aliases.
/// </summary>
internal sealed class JsonFields
{
    private readonly string _typeName;
    private readonly List<JsonProperty> _properties = [];
    private readonly bool[] _asked;
    private bool _lenient;
    private bool _strictDurations;
    private int _faultAt = int.MaxValue;

    /// <param name="value">An object; <c>null</c> has no fields, anything else is a fault.</param>
    /// <param name="typeName">Named in error texts, such as <c>RegisterRequest</c>.</param>
    public JsonFields(JsonElement value, string typeName)
    {
        _typeName = typeName;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in value.EnumerateObject()) _properties.Add(property);
        }
        else if (value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
        {
            Fail(-1, $"json: cannot unmarshal {KindName(value)} into Go value of type {typeName}");
        }

        _asked = new bool[_properties.Count];
    }

    /// <summary>The earliest fault among the fields read so far, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Unknown fields are dropped instead of refused.</summary>
    public JsonFields Lenient()
    {
        _lenient = true;
        return this;
    }

    /// <summary>A duration of a kind that is none is a fault.</summary>
    public JsonFields StrictDurations()
    {
        _strictDurations = true;
        return this;
    }

    /// <summary>Call when every known field was asked for. Null when all is well, otherwise the error text.</summary>
    public string? Finish()
    {
        for (int i = 0; !_lenient && i < _asked.Length && i < _faultAt; i++)
        {
            if (_asked[i]) continue;
            Fail(i, $"json: unknown field {GoDuration.Quote(_properties[i].Name)}");
        }

        return Error;
    }

    public bool Has(params ReadOnlySpan<string> names) => TryFind(names, out _, out _);

    /// <summary>Whether the field is given as <c>null</c>, for the few where that is not the same as absent.</summary>
    public bool IsNull(params ReadOnlySpan<string> names)
    {
        int at = LastIndex(names);
        return at >= 0 && _properties[at].Value.ValueKind == JsonValueKind.Null;
    }

    public string String(params ReadOnlySpan<string> names)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return "";
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : WrongType(at, value, names[0], "string", "");
    }

    public bool Bool(params ReadOnlySpan<string> names)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return false;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean() : WrongType(at, value, names[0], "bool", false);
    }

    public long Int(params ReadOnlySpan<string> names)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number : WrongNumber(at, value, names[0], "int", 0L);
    }

    /// <summary>An integer of fields that are kept in 32 bits; beyond them the nearest counts.</summary>
    public int Int32(params ReadOnlySpan<string> names) => (int)Math.Clamp(Int(names), int.MinValue, int.MaxValue);

    public ulong UInt64(params ReadOnlySpan<string> names) => Unsigned(names, "uint64");

    /// <summary>The same for fields whose type has another name in Consul.</summary>
    public ulong UInt(params ReadOnlySpan<string> names) => Unsigned(names, "uint");

    public double Double(params ReadOnlySpan<string> names)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return 0;
        return TryDouble(value, out double number) ? number : WrongNumber(at, value, names[0], "float64", 0.0);
    }

    /// <summary>Null when absent; a <c>null</c> item is 0.</summary>
    public IReadOnlyList<double>? Doubles(params ReadOnlySpan<string> names)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return null;
        if (value.ValueKind != JsonValueKind.Array) return WrongType<IReadOnlyList<double>?>(at, value, names[0], "[]float64", null);
        var numbers = new double[value.GetArrayLength()];
        int count = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Null) count++;
            else numbers[count++] = TryDouble(item, out double number) ? number : WrongNumber(at, item, names[0], "float64", 0.0);
        }

        return numbers;
    }

    /// <summary>
    /// A duration text such as <c>10s</c>, or a number of nanoseconds. A value of another kind counts as zero, unless
    /// durations are strict.
    /// </summary>
    public long DurationNs(params ReadOnlySpan<string> names)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return 0;
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                return value.TryGetInt64(out long number) ? number : (long)value.GetDouble();
            case JsonValueKind.String:
                if (GoDuration.TryParse(value.GetString()!, out long parsed, out string error)) return parsed;
                Fail(at, error);
                return 0;
            default:
                if (_strictDurations) Fail(at, $"strconv.ParseFloat: parsing {GoDuration.Quote(value.GetRawText())}: invalid syntax");
                return 0;
        }
    }

    /// <summary>Bytes from standard padded base64.</summary>
    public byte[]? Bytes(params ReadOnlySpan<string> names)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return null;
        if (value.ValueKind != JsonValueKind.String) return WrongType<byte[]?>(at, value, names[0], "[]uint8", null);
        if (JsonBase64.TryDecode(value.GetString()!, out byte[] bytes, out string error)) return bytes;
        Fail(at, error);
        return null;
    }

    /// <summary>Null when absent, which differs from empty.</summary>
    public IReadOnlyList<string>? Strings(params ReadOnlySpan<string> names)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return null;
        if (value.ValueKind == JsonValueKind.Array) return Strings(value, at, names[0]);
        return WrongType<IReadOnlyList<string>?>(at, value, names[0], "[]string", null);
    }

    public SortedMap<string>? StringMap(params ReadOnlySpan<string> names)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return null;
        if (value.ValueKind != JsonValueKind.Object) return WrongType<SortedMap<string>?>(at, value, names[0], "map[string]string", null);
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (JsonProperty property in value.EnumerateObject()) pairs.Add(new(property.Name, Text(property.Value, at, names[0])));
        return SortedMap<string>.Create(pairs);
    }

    /// <summary>A map to lists of text, such as the headers of an HTTP check.</summary>
    public SortedMap<IReadOnlyList<string>?>? StringListMap(params ReadOnlySpan<string> names)
    {
        if (Object(names) is not { } map) return null;
        int at = LastIndex(names);
        var pairs = new List<KeyValuePair<string, IReadOnlyList<string>?>>();
        foreach (JsonProperty property in map.EnumerateObject())
        {
            IReadOnlyList<string>? list = property.Value.ValueKind switch
            {
                JsonValueKind.Array => Strings(property.Value, at, names[0]),
                JsonValueKind.Null => null,
                _ => WrongType<IReadOnlyList<string>?>(at, property.Value, names[0], "[]string", null),
            };
            pairs.Add(new(property.Name, list));
        }

        return SortedMap<IReadOnlyList<string>?>.Create(pairs);
    }

    /// <summary>A map of text to anything, as deep as <see cref="FreeMap.MaxDepth"/>.</summary>
    public FreeMap? FreeMap(params ReadOnlySpan<string> names)
    {
        if (Object(names) is not { } map) return null;
        if (JsonFreeMap.TryRead(map, out FreeMap? read, out string error)) return read;
        Fail(LastIndex(names), error);
        return null;
    }

    public JsonElement? Object(params ReadOnlySpan<string> names) => OfKind(names, JsonValueKind.Object, "struct");

    public JsonElement? Array(params ReadOnlySpan<string> names) => OfKind(names, JsonValueKind.Array, "slice");

    /// <summary>The value as it stands, for fields with rules of their own.</summary>
    public JsonElement? Any(params ReadOnlySpan<string> names) => TryFind(names, out JsonElement value, out _) ? value : null;

    /// <summary>Reads a nested object with <paramref name="decode"/>; its faults become this object's.</summary>
    public T? Nested<T>(string typeName, Func<JsonFields, T> decode, params ReadOnlySpan<string> names)
        where T : class => Object(names) is { } value ? Decode(value, typeName, decode, LastIndex(names)) : null;

    /// <summary>Reads a list of objects; a <c>null</c> item stays null.</summary>
    public IReadOnlyList<T?>? List<T>(string typeName, Func<JsonFields, T> decode, params ReadOnlySpan<string> names)
        where T : class
    {
        if (Array(names) is not { } array) return null;
        int at = LastIndex(names);
        var list = new List<T?>(array.GetArrayLength());
        foreach (JsonElement item in array.EnumerateArray())
        {
            list.Add(item.ValueKind == JsonValueKind.Null ? null : Decode(item, typeName, decode, at));
        }

        return list;
    }

    /// <summary>Reads a map to objects.</summary>
    public SortedMap<T>? Map<T>(string typeName, Func<JsonFields, T> decode, params ReadOnlySpan<string> names)
    {
        if (Object(names) is not { } map) return null;
        int at = LastIndex(names);
        var pairs = new List<KeyValuePair<string, T>>();
        foreach (JsonProperty property in map.EnumerateObject())
        {
            pairs.Add(new(property.Name, Decode(property.Value, typeName, decode, at)));
        }

        return SortedMap<T>.Create(pairs);
    }

    /// <summary>Records a fault of a field that was read with <see cref="Any"/>.</summary>
    public void Fail(string error, params ReadOnlySpan<string> names) => Fail(LastIndex(names), error);

    private ulong Unsigned(ReadOnlySpan<string> names, string type)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong number)
            ? number : WrongNumber(at, value, names[0], type, 0UL);
    }

    private T Decode<T>(JsonElement value, string typeName, Func<JsonFields, T> decode, int at)
    {
        var fields = new JsonFields(value, typeName);
        T decoded = decode(fields);
        if (fields.Finish() is { } error) Fail(at, error);
        return decoded;
    }

    private JsonElement? OfKind(ReadOnlySpan<string> names, JsonValueKind kind, string type)
    {
        if (!TryFind(names, out JsonElement value, out int at)) return null;
        return value.ValueKind == kind ? value : WrongType<JsonElement?>(at, value, names[0], type, null);
    }

    private string[] Strings(JsonElement array, int at, string name)
    {
        var texts = new string[array.GetArrayLength()];
        int count = 0;
        foreach (JsonElement item in array.EnumerateArray()) texts[count++] = Text(item, at, name);
        return texts;
    }

    private string Text(JsonElement value, int at, string name) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => WrongType(at, value, name, "string", ""),
    };

    private bool TryFind(ReadOnlySpan<string> names, out JsonElement value, out int at)
    {
        at = LastIndex(names);
        value = at < 0 ? default : _properties[at].Value;
        return at >= 0 && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Where the counting occurrence of a field stands, or -1; marks all its occurrences as known.</summary>
    private int LastIndex(ReadOnlySpan<string> names)
    {
        int found = -1;
        foreach (string name in names)
        {
            int last = -1;
            for (int i = 0; i < _properties.Count; i++)
            {
                if (!_properties[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
                _asked[i] = true;
                last = i;
            }

            if (found < 0) found = last;
        }

        return found;
    }

    /// <summary>A number that is too large is none.</summary>
    private static bool TryDouble(JsonElement value, out double number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && double.IsFinite(number);
    }

    private T WrongNumber<T>(int at, JsonElement value, string name, string type, T fallback)
    {
        string kind = value.ValueKind == JsonValueKind.Number
            ? string.Create(CultureInfo.InvariantCulture, $"number {value.GetRawText()}") : KindName(value);
        return WrongType(at, kind, name, type, fallback);
    }

    private T WrongType<T>(int at, JsonElement value, string name, string type, T fallback) =>
        WrongType(at, KindName(value), name, type, fallback);

    private T WrongType<T>(int at, string kind, string name, string type, T fallback)
    {
        Fail(at, $"json: cannot unmarshal {kind} into Go struct field {_typeName}.{name} of type {type}");
        return fallback;
    }

    private void Fail(int at, string error)
    {
        if (at >= _faultAt) return;
        _faultAt = at;
        Error = error;
    }

    /// <summary>What errors call the type of a value.</summary>
    internal static string KindName(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.Null => "null",
        _ => "bool",
    };
}
