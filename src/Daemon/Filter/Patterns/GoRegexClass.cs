using System.Buffers;
using System.Globalization;
using System.Text;

namespace Consul.Fast.Daemon.Filter.Patterns;

/// <summary>A set of characters: <c>[a-z]</c>, <c>\d</c>, <c>[[:alpha:]]</c>, <c>\p{Lu}</c>.</summary>
internal sealed class GoRegexClass
{
    private const int FirstAstral = 0x10000;
    private const int LastRune = 0x10ffff;

    private static readonly Dictionary<string, string> s_posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = "09AZaz",
        ["alpha"] = "AZaz",
        ["ascii"] = "\0\x7f",
        ["blank"] = "\t\t  ",
        ["cntrl"] = "\0\x1f\x7f\x7f",
        ["digit"] = "09",
        ["graph"] = "!~",
        ["lower"] = "az",
        ["print"] = " ~",
        ["punct"] = "!/:@[`{~",
        ["space"] = "\t\r  ",
        ["upper"] = "AZ",
        ["word"] = "09AZaz__",
        ["xdigit"] = "09AFaf",
    };

    private static readonly string[] s_categories =
    [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co", "Cs",
    ];

    private readonly List<(int Low, int High)> _ranges = [];
    private readonly StringBuilder _categories = new();
    private bool _negated;

    private GoRegexClass()
    {
    }

    /// <summary>What the dot stands for.</summary>
    public static string Any(bool newline)
    {
        var any = new GoRegexClass { _negated = true };
        if (!newline) any._ranges.Add(('\n', '\n'));
        return any.Translate(ignoreCase: false);
    }

    /// <param name="position">At <c>[</c> or the backslash of a named class; moved behind it.</param>
    /// <returns>Null, or the fault.</returns>
    public static string? TryRead(string pattern, ref int position, out GoRegexClass read)
    {
        read = new GoRegexClass();
        return pattern[position] == '\\' ? read.ReadNamed(pattern, ref position) : read.ReadBracket(pattern, ref position);
    }

    public string Translate(bool ignoreCase)
    {
        var set = new StringBuilder();
        foreach ((int low, int high) in _ranges.Where(r => r.Low < FirstAstral)) AppendRange(set, low, Math.Min(high, 0xffff));
        set.Append(_categories);
        // Halves of surrogate pairs are not characters of their own, so a negated set must not match them.
        string basic = _negated ? $"[^{set}\\uD800-\\uDFFF]" : set.Length > 0 ? $"[{set}]" : "";
        List<string> parts = [.. Astral().SelectMany(r => Pairs(r.Low, r.High))];
        if (basic.Length > 0) parts.Insert(0, basic);
        // An empty set matches nothing.
        string alternatives = parts.Count == 0 ? "[^\\s\\S]" : string.Join('|', parts);
        return $"(?{(ignoreCase ? "i" : "")}:{alternatives})";
    }

    private string? ReadBracket(string pattern, ref int position)
    {
        int start = position++;
        if (At(pattern, position) == '^')
        {
            _negated = true;
            position++;
        }

        for (bool first = true; first || At(pattern, position) != ']'; first = false)
        {
            if (position >= pattern.Length) return Missing(pattern, start);
            ReadOnlySpan<char> rest = pattern.AsSpan(position);
            if (rest.Length > 2 && rest.StartsWith("[:") && rest[2..].IndexOf(":]") is >= 0 and int length)
            {
                string name = rest[..(length + 4)].ToString();
                if (!AddPosix(name[2..^2])) return $"invalid character class range: `{name}`";
                position += name.Length;
                continue;
            }

            if (rest.Length > 1 && rest[0] == '\\' && "pPdDsSwW".Contains(rest[1]))
            {
                if (ReadNamed(pattern, ref position) is { } namedFault) return namedFault;
                continue;
            }

            if (ReadRange(pattern, start, ref position) is { } fault) return fault;
        }

        position++;
        return null;
    }

    private string? ReadRange(string pattern, int classStart, ref int position)
    {
        int start = position;
        if (ReadCharacter(pattern, classStart, ref position, out Rune low) is { } lowFault) return lowFault;
        Rune high = low;
        if (At(pattern, position) == '-' && position + 1 < pattern.Length && pattern[position + 1] != ']')
        {
            position++;
            if (ReadCharacter(pattern, classStart, ref position, out high) is { } highFault) return highFault;
            if (high < low) return $"invalid character class range: `{pattern[start..position]}`";
        }

        _ranges.Add((low.Value, high.Value));
        return null;
    }

    private static string? ReadCharacter(string pattern, int classStart, ref int position, out Rune c)
    {
        c = default;
        if (position >= pattern.Length) return Missing(pattern, classStart);
        if (pattern[position] == '\\') return GoRegexEscape.TryRead(pattern, ref position, out c);
        OperationStatus decoded = Rune.DecodeFromUtf16(pattern.AsSpan(position), out c, out int length);
        if (decoded != OperationStatus.Done) return $"invalid UTF-8: `{pattern}`";
        position += length;
        return null;
    }

    /// <summary><c>\d \s \w \p</c> and their negations.</summary>
    private string? ReadNamed(string pattern, ref int position)
    {
        char kind = pattern[position + 1];
        if (kind is not ('p' or 'P'))
        {
            position += 2;
            bool negated = char.IsAsciiLetterUpper(kind);
            string ranges = char.ToLowerInvariant(kind) switch { 'd' => "09", 's' => "\t\n\f\r  ", _ => "09AZ__az" };
            Add(ranges, negated);
            return null;
        }

        int start = position;
        ReadOnlySpan<char> rest = pattern.AsSpan(position);
        int nameLength = 1;
        int nameAt = 2;
        if (At(pattern, position + 2) == '{')
        {
            nameAt = 3;
            nameLength = rest[3..].IndexOf('}');
            if (nameLength < 0) return $"invalid character class range: `{rest}`";
        }

        position = Math.Min(pattern.Length, position + nameAt + nameLength + (nameAt == 3 ? 1 : 0));
        string name = nameAt + nameLength <= rest.Length ? rest.Slice(nameAt, nameLength).ToString() : "";
        bool complement = kind == 'P';
        if (name.StartsWith('^'))
        {
            complement = !complement;
            name = name[1..];
        }

        return AddCategory(name, complement) ? null : $"invalid character class range: `{pattern[start..position]}`";
    }

    private bool AddCategory(string name, bool complement)
    {
        if (name == "Any")
        {
            if (!complement) _ranges.Add((0, LastRune));
            return true;
        }

        if (!s_categories.Contains(name)) return false;
        _categories.Append(complement ? "\\P{" : "\\p{").Append(name).Append('}');
        return true;
    }

    private bool AddPosix(string name)
    {
        bool negated = name.StartsWith('^');
        if (!s_posix.TryGetValue(negated ? name[1..] : name, out string? ranges)) return false;
        Add(ranges, negated);
        return true;
    }

    /// <param name="pairs">First and last characters of ranges, in order.</param>
    private void Add(string pairs, bool negated)
    {
        int next = 0;
        for (int i = 0; i < pairs.Length; i += 2)
        {
            if (!negated) _ranges.Add((pairs[i], pairs[i + 1]));
            else if (pairs[i] > next) _ranges.Add((next, pairs[i] - 1));
            next = pairs[i + 1] + 1;
        }

        if (negated) _ranges.Add((next, LastRune));
    }

    /// <summary>The members beyond the basic plane.</summary>
    private List<(int Low, int High)> Astral()
    {
        List<(int Low, int High)> members = [];
        int next = FirstAstral;
        IEnumerable<(int, int)> astral = _ranges.Where(r => r.High >= FirstAstral).Select(r => (Math.Max(r.Low, FirstAstral), r.High));
        foreach ((int low, int high) in astral.Order())
        {
            if (!_negated) members.Add((low, high));
            else if (low > next) members.Add((next, low - 1));
            next = Math.Max(next, high + 1);
        }

        if (_negated && next <= LastRune) members.Add((next, LastRune));
        return members;
    }

    /// <summary>Surrogate pairs for a range: a partial first row, whole rows, a partial last row.</summary>
    private static IEnumerable<string> Pairs(int low, int high)
    {
        while (low <= high)
        {
            (int top, int bottom) = (Lead(low), Trail(low));
            if (top == Lead(high) || bottom != 0xdc00)
            {
                int end = top == Lead(high) ? Trail(high) : 0xdfff;
                yield return $"{Unit(top)}[{Unit(bottom)}-{Unit(end)}]";
                low += end - bottom + 1;
            }
            else
            {
                int lastWhole = Trail(high) == 0xdfff ? Lead(high) : Lead(high) - 1;
                yield return $"[{Unit(top)}-{Unit(lastWhole)}][\\uDC00-\\uDFFF]";
                low += (lastWhole - top + 1) << 10;
            }
        }
    }

    private static int Lead(int rune) => 0xd800 + ((rune - FirstAstral) >> 10);

    private static int Trail(int rune) => 0xdc00 + ((rune - FirstAstral) & 0x3ff);

    private static void AppendRange(StringBuilder set, int low, int high) => set.Append(Unit(low)).Append('-').Append(Unit(high));

    private static string Unit(int unit) => string.Create(CultureInfo.InvariantCulture, $"\\u{unit:X4}");

    private static char At(string pattern, int position) => position < pattern.Length ? pattern[position] : '\0';

    private static string Missing(string pattern, int start) => $"missing closing ]: `{pattern[start..]}`";
}
