using System.Text;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Sources;
using Consul.Fast.Daemon.Config.Templates;
using CsCheck;

namespace Consul.Fast.Daemon.Tests.Config;

/// <summary>Whatever a text holds, reading it gives a tree or the configuration error, never anything else.</summary>
public sealed class ConfigFuzzTests
{
    private static readonly string[] Pieces =
    [
        "server", "service", "ports", "acl", "node_meta", "check", "services", "connect", "ca_config", "=", "{", "}", "[", "]", ",", ":", "\"", "\\", "\n",
        "true", "1", "-", "0x", "1.5", "1e999", "99999999999999999999", "<<EOF\n", "EOF\n", "<<-", "#", "//", "/*", "*/", "${", "}", "null", "\u0000", "é", "\ufeff",
    ];

    private static readonly string[] TemplatePieces =
    [
        "{{", "}}", " ", "GetAllInterfaces", "|", "include", "exclude", "sort", "attr", "join", "limit", "math", "offset", "\"address\"", "\"name\"", "\"+1\"", "\"-1\"",
        "1", "-1", "$x", ":=", ",", "(", ")", ".", "if", "with", "range", "else", "end", "eq", "\"", "`", "/*", "*/", "-", "\\", "x",
    ];

    [Fact]
    public void Bytes_are_read_or_refused() =>
        Gen.Byte.Array[0, 200].Select(Gen.Bool).Sample((bytes, json) => Read(bytes, json), iter: 3_000);

    [Fact]
    public void Words_are_read_or_refused() =>
        AnyOf(Pieces).Array[0, 40]
            .Select(Gen.Bool).Sample((words, json) => Read(Encoding.UTF8.GetBytes(string.Concat(words)), json), iter: 5_000);

    [Fact]
    public void Templates_are_evaluated_or_refused() => AnyOf(TemplatePieces).Array[0, 25].Sample(
        static words =>
        {
            try
            {
                _ = new AddressTemplate(new ConfigSetup()).Evaluate("{{ " + string.Join(' ', words) + " }}");
            }
            catch (TemplateException)
            {
                return;
            }
        },
        iter: 5_000);

    private static Gen<string> AnyOf(string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static void Read(byte[] text, bool json)
    {
        try
        {
            _ = FileSource.Parse(text, json, "source");
        }
        catch (ConfigException e)
        {
            Assert.StartsWith("failed to parse source: ", e.Message, StringComparison.Ordinal);
        }
    }
}
