using System.Text;
using Consul.Fast.Daemon.Config.Hcl;
using Consul.Fast.Daemon.Config.Schema;

namespace Consul.Fast.Daemon.Config.Sources;

/// <summary>Reads configuration files and directories.</summary>
internal static class FileSource
{
    private static readonly Comparer<byte[]> ByteOrder =
        Comparer<byte[]>.Create(static (left, right) => left.AsSpan().SequenceCompareTo(right));

    /// <summary>Reads and decodes every file that <paramref name="paths"/> name, in order; directories in byte order of names.</summary>
    /// <param name="format"><c>json</c>, <c>hcl</c>, or empty to go by the name of each file.</param>
    /// <param name="warnings">Gets a line for every file that was skipped.</param>
    /// <exception cref="ConfigException">Something cannot be read or is not a configuration.</exception>
    public static IEnumerable<ConfigObject> Read(IEnumerable<string> paths, string format, ICollection<string> warnings)
    {
        if (format is not ("" or "json" or "hcl")) throw new ConfigException("config: -config-format must be either 'hcl' or 'json'");
        foreach (string path in paths)
        {
            foreach (string file in FilesOf(path))
            {
                if (Parse(file, format, warnings) is { } source) yield return source;
            }
        }
    }

    /// <summary>Parses and decodes one text.</summary>
    /// <param name="source">The name of the text in messages.</param>
    public static ConfigObject Parse(ReadOnlySpan<byte> text, bool json, string source)
    {
        bool isJson = json || StartsWithBrace(text);
        string error;
        ConfigObject raw;
        bool valid = isJson
            ? JsonText.TryParse(text, out raw, out error)
            : HclReader.TryParse(Encoding.UTF8.GetString(text), out raw, out error);
        return valid ? SourceDecoder.Decode(raw, source) : throw new ConfigException($"failed to parse {source}: {error}");
    }

    private static bool StartsWithBrace(ReadOnlySpan<byte> text)
    {
        int first = text.IndexOfAnyExcept(" \t\r\n"u8);
        return first >= 0 && text[first] == (byte)'{';
    }

    private static IEnumerable<string> FilesOf(string path)
    {
        if (!Directory.Exists(path)) return [path];
        try
        {
            return [.. Directory.EnumerateFiles(path).OrderBy(Encoding.UTF8.GetBytes, ByteOrder)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"config: Readdir failed on {path}. {Reason(e, path)}", e);
        }
    }

    private static ConfigObject? Parse(string file, string format, ICollection<string> warnings)
    {
        // A link counts by what it points to.
        string target = TargetOf(file);
        string? kind = format.Length > 0 ? format : FormatOf(target);
        if (!File.Exists(file)) throw new ConfigException($"config: Open failed on {file}. open {file}: no such file or directory");
        if (kind is null)
        {
            warnings.Add($"skipping file {file}, extension must be .hcl or .json, or config format must be set");
            return null;
        }

        byte[] text;
        try
        {
            text = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"config: Open failed on {file}. open {Reason(e, file)}", e);
        }

        return text.Length == 0 ? null : Parse(text, kind == "json", file);
    }

    private static string TargetOf(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
        }
        catch (IOException)
        {
            // A broken link is reported as a missing file by the caller.
            return file;
        }
    }

    private static string Reason(Exception e, string path) => e is UnauthorizedAccessException ? $"{path}: permission denied" : e.Message;

    private static string? FormatOf(string file)
    {
        if (file.EndsWith(".json", StringComparison.Ordinal)) return "json";
        return file.EndsWith(".hcl", StringComparison.Ordinal) ? "hcl" : null;
    }
}
