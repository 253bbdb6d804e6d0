using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Net.Tests.MsgPack;

/// <summary>The scalar rows of the recorded codec behaviour, in both directions.</summary>
public sealed partial class MsgPackVectorTests
{
    public static TheoryData<string, string> EncodeRows() => Rows("codec-encode.hex", EncodeRow());

    public static TheoryData<string, string, string> DecodeRows()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (string line in Lines("codec-decode.hex"))
        {
            Match match = DecodeRow().Match(line);
            // Nil is the zero value of every field; the reference refuses it only for a bare number, which no message is.
            if (!match.Success || (match.Groups["hex"].Value == "c0" && match.Groups["type"].Value == "float64")) continue;
            rows.Add(match.Groups["hex"].Value.Replace(" ", ""), match.Groups["type"].Value, match.Groups["value"].Value);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(EncodeRows))]
    public void Writer_gives_the_recorded_bytes(string description, string hex)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(description, new MsgPackWriter(output));
        Assert.Equal(hex, Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Theory]
    [MemberData(nameof(DecodeRows))]
    public void Reader_gives_the_recorded_value(string hex, string type, string expected)
    {
        var reader = new MsgPackReader(Convert.FromHexString(hex));
        string value = Read(ref reader, type);
        Assert.Equal(expected.StartsWith("ERROR", StringComparison.Ordinal) ? "ERROR" : expected, reader.Failed ? "ERROR" : value);
    }

    private static void Write(string description, MsgPackWriter writer)
    {
        string argument = description[(description.IndexOf(' ') + 1)..];
        switch (description.Split(' ')[0])
        {
            case "int":
                writer.WriteInt64(long.Parse(argument, CultureInfo.InvariantCulture));
                break;
            case "uint64":
                writer.WriteUInt64(ulong.Parse(argument, CultureInfo.InvariantCulture));
                break;
            case "bool":
                writer.WriteBool(argument == "true");
                break;
            case "float64":
                writer.WriteFloat64(double.Parse(argument, CultureInfo.InvariantCulture));
                break;
            case "float32":
                writer.WriteFloat32(float.Parse(argument, CultureInfo.InvariantCulture));
                break;
            case "string":
                writer.WriteString(argument == "empty" ? "" : new string('a', argument == "'a'" ? 1 : FirstNumber(argument)));
                break;
            default:
                writer.WriteBytes(Enumerable.Repeat((byte)0xff, FirstNumber(argument)).ToArray());
                break;
        }
    }

    private static string Read(ref MsgPackReader reader, string type) => type switch
    {
        "string" => $"\"{reader.ReadString()}\"",
        "[]uint8" => reader.ReadBytes() is { } bytes ? $"[]byte{{{string.Join(", ", bytes.Select(b => $"0x{b:x}"))}}}" : "[]byte(nil)",
        "int64" => reader.ReadInt64().ToString(CultureInfo.InvariantCulture),
        "uint64" => $"0x{reader.ReadUInt64():x}",
        "bool" => reader.ReadBool() ? "true" : "false",
        _ => reader.ReadFloat64().ToString(CultureInfo.InvariantCulture),
    };

    private static int FirstNumber(string text) => int.Parse(Digits().Match(text).Value, CultureInfo.InvariantCulture);

    private static TheoryData<string, string> Rows(string file, Regex pattern)
    {
        var rows = new TheoryData<string, string>();
        foreach (string line in Lines(file))
        {
            Match match = pattern.Match(line);
            if (match.Success) rows.Add(match.Groups[1].Value.Trim(), match.Groups[2].Value);
        }

        return rows;
    }

    private static string[] Lines(string file) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Vectors", file));

    [GeneratedRegex(@"^((?:int|uint64|bool|float64|float32|string|\[\]byte) .*?) +([0-9a-f]+)$")]
    private static partial Regex EncodeRow();

    [GeneratedRegex(@"^(?<hex>[0-9a-f ]+?) {2,}(?<type>string|\[\]uint8|int64|uint64|bool|float64) +(?<value>.*)$")]
    private static partial Regex DecodeRow();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
