using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Consul.Fast.Tests.Harness;

/// <summary>One HTTP answer, read whole.</summary>
internal sealed record Answer(int Status, byte[] Body, Dictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }

    /// <summary><c>X-Consul-Index</c>; fails when it is missing.</summary>
    public ulong Index => ulong.Parse(Headers["X-Consul-Index"], CultureInfo.InvariantCulture);

    public string? ContentType => Headers.GetValueOrDefault("Content-Type");

    /// <summary>Fails unless the status is as expected; shows the body.</summary>
    public Answer Expect(int status)
    {
        if (Status != status) throw new InvalidOperationException($"Expected status {status}, got {Status}: {Text}");
        return this;
    }

    public static async Task<Answer> Read(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        foreach ((string name, HeaderStringValues values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            headers[name] = values.ToString();
        }

        return new Answer((int)response.StatusCode, body, headers);
    }
}
