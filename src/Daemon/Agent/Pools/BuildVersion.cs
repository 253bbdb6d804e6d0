namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>The version of a program in its <c>build</c> tag: the first three numbers with dots between them.</summary>
internal static class BuildVersion
{
    private const int Parts = 3;

    /// <summary>False when there are no such three numbers.</summary>
    public static bool TryFind(string build, out string version)
    {
        for (int start = 0; start < build.Length; start++)
        {
            int length = Length(build.AsSpan(start));
            if (length == 0) continue;
            version = build.Substring(start, length);
            return true;
        }

        version = "";
        return false;
    }

    /// <summary>True when a version that was found is at least another one.</summary>
    public static bool IsAtLeast(string version, Version other) => Version.TryParse(version, out Version? parsed) && parsed >= other;

    /// <summary>How long the version at the beginning is; 0 when there is none.</summary>
    private static int Length(ReadOnlySpan<char> text)
    {
        int at = 0;
        for (int part = 1; ; part++)
        {
            int digits = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (at == digits) return 0;
            if (part == Parts) return at;
            if (at == text.Length || text[at] != '.') return 0;
            at++;
        }
    }
}
