using System.Collections.Concurrent;
using System.Text;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>
/// A message template taken apart: the sentence, and the <c>key={Name}</c> pairs behind its colon. Templates are
/// constants, so each is taken apart once.
/// </summary>
internal sealed class LogTemplate
{
    private static readonly ConcurrentDictionary<string, LogTemplate> Known = new(StringComparer.Ordinal);

    private LogTemplate(string sentence, (string Key, string Placeholder)[] pairs)
    {
        Sentence = sentence;
        Pairs = pairs;
    }

    /// <summary>The text before the pairs, perhaps with placeholders of its own.</summary>
    public string Sentence { get; }

    public (string Key, string Placeholder)[] Pairs { get; }

    public static LogTemplate For(string format) => Known.GetOrAdd(format, static text => Parse(text));

    /// <summary>The sentence with its placeholders replaced.</summary>
    public string RenderSentence(IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        if (!Sentence.Contains('{', StringComparison.Ordinal)) return Sentence;
        var text = new StringBuilder();
        ReadOnlySpan<char> rest = Sentence;
        while (true)
        {
            int open = rest.IndexOf('{');
            int close = open < 0 ? -1 : rest[open..].IndexOf('}');
            if (close < 0) return text.Append(rest).ToString();
            text.Append(rest[..open]).Append(LogValue.Format(Find(values, rest.Slice(open + 1, close - 1))));
            rest = rest[(open + close + 1)..];
        }
    }

    public static object? Find(IReadOnlyList<KeyValuePair<string, object?>> values, ReadOnlySpan<char> name)
    {
        int colon = name.IndexOf(':');
        if (colon >= 0) name = name[..colon];
        for (int i = 0; i < values.Count; i++)
        {
            if (name.SequenceEqual(values[i].Key)) return values[i].Value;
        }

        return null;
    }

    private static LogTemplate Parse(string format)
    {
        var pairs = new List<(string, string)>();
        ReadOnlySpan<char> rest = format;
        while (TryTakePair(rest, out ReadOnlySpan<char> before, out string key, out string placeholder))
        {
            pairs.Insert(0, (key, placeholder));
            rest = before;
            if (rest.EndsWith(':')) return new LogTemplate(rest[..^1].ToString(), [.. pairs]);
        }

        return new LogTemplate(format, []);
    }

    /// <summary>Takes <c> key={Name}</c> off the end.</summary>
    private static bool TryTakePair(ReadOnlySpan<char> text, out ReadOnlySpan<char> before, out string key, out string placeholder)
    {
        before = text;
        key = placeholder = "";
        int open = text.LastIndexOf("={");
        int blank = open < 0 ? -1 : text[..open].LastIndexOf(' ');
        if (blank < 0 || !text.EndsWith('}') || text[open..].IndexOf('}') != text.Length - open - 1) return false;
        before = text[..blank];
        key = text[(blank + 1)..open].ToString();
        placeholder = text[(open + 2)..^1].ToString();
        return key.Length > 0;
    }
}
