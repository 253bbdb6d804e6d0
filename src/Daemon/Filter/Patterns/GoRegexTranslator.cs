using System.Globalization;
using System.Text;

namespace Consul.Fast.Daemon.Filter.Patterns;

/// <summary>
/// Reads a regular expression in RE2 syntax and writes the same one in .NET syntax, or tells what is wrong in RE2's words.
/// Only whether a text matches is of interest, so captures and greediness are dropped.
/// </summary>
internal sealed class GoRegexTranslator(string pattern)
{
    private const int MaxRepeat = 1000;

    /// <summary>Bounds on what repetition and nesting may unfold to, so that no pattern costs more than a moment.</summary>
    private const int MaxSize = 20_000;
    private const int MaxDepth = 200;

    private readonly StringBuilder _output = new();
    private readonly Stack<Group> _groups = new();
    private Group _group = new();
    private int _position;
    private string? _fault;

    /// <summary>Where the repetition directly before the current position began, or -1.</summary>
    private int _repeatAt = -1;

    private ReadOnlySpan<char> Rest => pattern.AsSpan(_position);

    public bool TryTranslate(out string translated, out string fault)
    {
        while (_position < pattern.Length && _fault is null) Step();
        if (_fault is null && _groups.Count > 0) Fail("missing closing )", pattern);
        translated = _output.ToString();
        fault = _fault ?? "";
        return _fault is null;
    }

    private void Step()
    {
        int start = _position;
        bool repetition = false;
        switch (pattern[_position])
        {
            case '(': OpenGroup(); break;
            case ')': CloseGroup(); break;
            case '|': Alternative(); break;
            case '^': Atom(_group.Multiline ? "(?m:^)" : "(?:\\A)", 1); break;
            case '$': Atom(_group.Multiline ? "(?m:$)" : "(?:\\z)", 1); break;
            case '.': Atom(GoRegexClass.Any(_group.DotAll), 1); break;
            case '[': Class(); break;
            case '*' or '+' or '?': repetition = Repeat(start, pattern[start].ToString(), 1, 1, 1); break;
            case '{': repetition = Count(start); break;
            case '\\': Escape(); break;
            default: Literal(); break;
        }

        _repeatAt = repetition ? (_repeatAt < 0 ? start : _repeatAt) : -1;
    }

    private void Atom(string text, int length)
    {
        _output.Append(text);
        _position += length;
        _group.Atoms++;
        _group.LastWeight = new Weight(1, 1);
        _group.Size++;
        if (_group.Size > MaxSize) Fail("expression too large", pattern);
    }

    private void Literal()
    {
        if (Rune.DecodeFromUtf16(Rest, out Rune c, out int length) != System.Buffers.OperationStatus.Done)
        {
            Fail("invalid UTF-8", pattern);
            return;
        }

        Atom(Quote(c), length);
    }

    /// <summary>One character as an unbreakable unit, in the current case mode.</summary>
    private string Quote(Rune c)
    {
        string text = string.Concat(c.ToString().Select(unit => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}")));
        return $"(?{(_group.IgnoreCase ? "i" : "")}:{text})";
    }

    private void Alternative()
    {
        _output.Append('|');
        _position++;
        _group.Atoms = 0;
    }

    private void OpenGroup()
    {
        Group inner = _group with { Atoms = 0, Size = 0, Deepest = 1 };
        if (Rest.StartsWith("(?"))
        {
            if (!Flags(ref inner)) return;
        }
        else
        {
            _position++;
        }

        if (_groups.Count >= MaxDepth)
        {
            Fail("expression nests too deeply", pattern);
            return;
        }

        _groups.Push(_group);
        _group = inner;
        _output.Append("(?:");
    }

    /// <summary>A named group or flags. False when no group begins, be it for a fault or because the flags stand alone.</summary>
    private bool Flags(ref Group inner)
    {
        int start = _position;
        if (Rest.Length > 4 && Rest.StartsWith("(?P<")) return Name();
        _position += 2;
        bool on = true;
        bool any = false;
        while (_position < pattern.Length)
        {
            char c = pattern[_position++];
            switch (c)
            {
                case 'i': inner = inner with { IgnoreCase = on }; any = true; continue;
                case 'm': inner = inner with { Multiline = on }; any = true; continue;
                case 's': inner = inner with { DotAll = on }; any = true; continue;
                case 'U': any = true; continue;
                case '-' when on: on = false; any = false; continue;
                case ':' when on || any: return true;
                case ')' when on || any:
                    _group = _group with { IgnoreCase = inner.IgnoreCase, Multiline = inner.Multiline, DotAll = inner.DotAll };
                    return false;
            }

            break;
        }

        Fail("invalid or unsupported Perl syntax", pattern[start.._position]);
        return false;
    }

    private bool Name()
    {
        int end = Rest.IndexOf('>');
        if (end < 0)
        {
            Fail("invalid named capture", Rest.ToString());
            return false;
        }

        ReadOnlySpan<char> name = Rest[4..end];
        bool valid = !name.IsEmpty;
        foreach (char c in name) valid &= char.IsAsciiLetterOrDigit(c) || c == '_';
        if (!valid) Fail("invalid named capture", Rest[..(end + 1)].ToString());
        _position += end + 1;
        return valid;
    }

    private void CloseGroup()
    {
        if (_groups.Count == 0)
        {
            Fail("unexpected )", pattern);
            return;
        }

        _output.Append(')');
        _position++;
        Group inner = _group;
        _group = _groups.Pop();
        _group.Atoms++;
        _group.LastWeight = new Weight(inner.Size, inner.Deepest);
        Grow(inner.Size, inner.Deepest);
    }

    private bool Count(int start)
    {
        if (!TryReadCount(out int min, out int max, out int length))
        {
            Literal();
            return false;
        }

        if (min > MaxRepeat || max > MaxRepeat || (max >= 0 && min > max))
        {
            Fail("invalid repeat count", Rest[..length].ToString());
            return false;
        }

        string text = max == min ? $"{{{min}}}" : max < 0 ? $"{{{min},}}" : $"{{{min},{max}}}";
        return Repeat(start, text, length, Math.Max(1, Math.Max(min, max)), Math.Max(min, max) >= 2 ? Math.Max(min, max) : 1);
    }

    /// <summary>Applies a repetition to the last atom.</summary>
    /// <param name="copies">How often the atom is unfolded.</param>
    /// <param name="factor">What it multiplies nested counts by.</param>
    private bool Repeat(int start, string text, int length, int copies, int factor)
    {
        _position += length;
        if (Rest.StartsWith('?')) _position++;
        if (_repeatAt >= 0)
        {
            Fail("invalid nested repetition operator", pattern[_repeatAt.._position]);
            return false;
        }

        if (_group.Atoms == 0)
        {
            Fail("missing argument to repetition operator", pattern[start.._position]);
            return false;
        }

        Weight weight = _group.LastWeight;
        long deepest = (long)weight.Deepest * factor;
        if (factor > 1 && deepest > MaxRepeat)
        {
            Fail("invalid repeat count", pattern[start.._position]);
            return false;
        }

        _output.Append(text);
        Grow((long)weight.Size * (copies - 1), (int)deepest);
        _group.LastWeight = new Weight(weight.Size * copies, (int)deepest);
        return _fault is null;
    }

    private void Grow(long size, int deepest)
    {
        if (_group.Size + size > MaxSize)
        {
            Fail("expression too large", pattern);
            return;
        }

        _group.Size += (int)size;
        _group.Deepest = Math.Max(_group.Deepest, deepest);
    }

    /// <summary><c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; anything else is no count but plain text. No upper bound is -1.</summary>
    private bool TryReadCount(out int min, out int max, out int length)
    {
        length = 1;
        max = 0;
        if (!TryReadNumber(ref length, out min)) return false;
        max = min;
        if (length < Rest.Length && Rest[length] == ',')
        {
            length++;
            if (length < Rest.Length && Rest[length] == '}') max = -1;
            else if (!TryReadNumber(ref length, out max)) return false;
        }

        if (length == Rest.Length || Rest[length] != '}') return false;
        length++;
        return true;
    }

    private bool TryReadNumber(ref int at, out int number)
    {
        number = 0;
        int start = at;
        while (at < Rest.Length && char.IsAsciiDigit(Rest[at]))
        {
            number = Math.Min(MaxRepeat + 1, (number * 10) + (Rest[at] - '0'));
            at++;
        }

        return at > start && (Rest[start] != '0' || at == start + 1);
    }

    private void Class()
    {
        _fault = GoRegexClass.TryRead(pattern, ref _position, out GoRegexClass read);
        if (_fault is null) Atom(read.Translate(_group.IgnoreCase), 0);
    }

    private void Escape()
    {
        char kind = _position + 1 < pattern.Length ? pattern[_position + 1] : '\0';
        switch (kind)
        {
            case 'A': Atom("(?:\\A)", 2); return;
            case 'z': Atom("(?:\\z)", 2); return;
            case 'b': Atom("(?:\\b)", 2); return;
            case 'B': Atom("(?:\\B)", 2); return;
            case 'Q': QuotedRun(); return;
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P': Class(); return;
        }

        _fault = GoRegexEscape.TryRead(pattern, ref _position, out Rune c);
        if (_fault is null) Atom(Quote(c), 0);
    }

    /// <summary><c>\Q…\E</c>: plain characters up to the end mark or the end of the pattern.</summary>
    private void QuotedRun()
    {
        _position += 2;
        while (_position < pattern.Length && _fault is null && !Rest.StartsWith("\\E")) Literal();
        if (Rest.StartsWith("\\E")) _position += 2;
    }

    private void Fail(string code, string part) => _fault ??= $"{code}: `{part}`";

    private readonly record struct Weight(int Size, int Deepest);

    private record struct Group
    {
        public Group()
        {
        }

        public bool IgnoreCase { get; set; }

        public bool Multiline { get; set; }

        public bool DotAll { get; set; }

        /// <summary>Atoms in the current alternative: what a repetition could apply to.</summary>
        public int Atoms { get; set; }

        public Weight LastWeight { get; set; }

        /// <summary>Atoms after unfolding counts.</summary>
        public int Size { get; set; }

        /// <summary>The largest product of nested counts.</summary>
        public int Deepest { get; set; } = 1;
    }
}
