using System.Text;

namespace Consul.Fast.Daemon.Cli;

/// <summary>Columns of text, left-aligned.</summary>
internal static class TextTable
{
    /// <summary>Two blanks between columns, values trimmed, no trailing blanks; no newline at the end.</summary>
    public static string Columns(IReadOnlyList<string[]> rows)
    {
        int[] widths = new int[rows.Max(static row => row.Length)];
        foreach (string[] row in rows)
        {
            for (int i = 0; i < row.Length; i++) widths[i] = Math.Max(widths[i], row[i].Trim().Length);
        }

        return string.Join('\n', rows.Select(row => Line(row, widths)));
    }

    private static string Line(string[] row, int[] widths)
    {
        var line = new StringBuilder();
        for (int i = 0; i < row.Length; i++)
        {
            if (i > 0) line.Append("  ");
            line.Append(row[i].Trim().PadRight(widths[i]));
        }

        return line.ToString().TrimEnd();
    }
}
