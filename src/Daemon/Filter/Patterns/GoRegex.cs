using System.Text.RegularExpressions;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Filter.Patterns;

/// <summary>
/// A regular expression in RE2 syntax, run by an automaton in time linear in the text, whatever the pattern. Differences to
/// RE2: script names are no character classes, and word boundaries count letters of all scripts as word characters.
/// </summary>
internal sealed class GoRegex
{
    private readonly Regex _regex;

    private GoRegex(Regex regex) => _regex = regex;

    /// <param name="error">Complete error text of a filter.</param>
    public static bool TryCompile(string pattern, out GoRegex? regex, out string error)
    {
        if (TryParse(pattern, out regex, out error)) return true;
        error = $"Failed to compile regular expression {GoDuration.Quote(pattern)}: {error}";
        return false;
    }

    /// <param name="error">What is wrong with the pattern.</param>
    public static bool TryParse(string pattern, out GoRegex? regex, out string error)
    {
        regex = null;
        error = "";
        var translator = new GoRegexTranslator(pattern);
        if (!translator.TryTranslate(out string translated, out string fault))
        {
            error = $"error parsing regexp: {fault}";
            return false;
        }

        try
        {
            regex = new GoRegex(new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // A rare combination that the engine does not take; the fault is the pattern's and goes to its author.
            error = e.Message;
            return false;
        }
    }

    public bool IsMatch(string text) => _regex.IsMatch(text);
}
