using System.Globalization;
using System.Text;

namespace Consul.Fast.Daemon.Filter;

/// <summary>What went wrong in a parse: definite faults, or else what was expected at the farthest position reached.</summary>
internal sealed class FilterFaults(string text)
{
    private readonly List<string> _faults = [];
    private readonly SortedSet<string> _expected = new(StringComparer.Ordinal);
    private int _farthest;
    private bool _endExpected;

    public bool Any => _faults.Count > 0;

    public void Expect(int position, string what)
    {
        if (MoveTo(position)) _expected.Add(what);
    }

    public void ExpectEnd(int position)
    {
        if (MoveTo(position)) _endExpected = true;
    }

    /// <summary>A definite fault; several are reported in the order they were found, each once.</summary>
    public void Add(int position, string rule, string what)
    {
        string fault = $"{Place(position)}: rule \"{rule}\": {what}";
        if (!_faults.Contains(fault)) _faults.Add(fault);
    }

    public override string ToString()
    {
        if (Any) return string.Join('\n', _faults);
        List<string> expected = [.. _expected];
        if (_endExpected) expected.Add("EOF");
        string list = expected.Count < 2
            ? string.Concat(expected)
            : $"{string.Join(", ", expected.Take(expected.Count - 1))} or {expected[^1]}";
        return $"{Place(_farthest)}: no match found, expected: {list}";
    }

    private bool MoveTo(int position)
    {
        if (position < _farthest) return false;
        if (position > _farthest)
        {
            _farthest = position;
            _expected.Clear();
            _endExpected = false;
        }

        return true;
    }

    /// <summary><c>line:column (byte offset)</c>. A line break counts as column 0 of the line that it opens.</summary>
    private string Place(int position)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, position);
        bool atBreak = position < text.Length && text[position] == '\n';
        int line = 1 + before.Count('\n') + (atBreak ? 1 : 0);
        int column = 0;
        foreach (Rune _ in before[(before.LastIndexOf('\n') + 1)..].EnumerateRunes()) column++;
        return string.Create(CultureInfo.InvariantCulture, $"{line}:{(atBreak ? 0 : column + 1)} ({Encoding.UTF8.GetByteCount(before)})");
    }
}
