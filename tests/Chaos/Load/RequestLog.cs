using System.Globalization;
using Consul.Fast.Chaos.Tests.Lab;

namespace Consul.Fast.Chaos.Tests.Load;

/// <summary>Every request of a run with its times, its server and its answer, for whoever looks for a fault. Thread safe.</summary>
internal sealed class RequestLog : IDisposable
{
    private const int LongestAnswer = 120;
    private readonly Lock _gate = new();
    private readonly StreamWriter _file;

    public RequestLog(string path) => _file = new StreamWriter(path);

    /// <param name="number">Of the client.</param>
    /// <param name="request">Method, path and value.</param>
    public async Task<Reply> Of(int number, LabHttp server, string request, Task<Reply> reply)
    {
        DateTime begin = DateTime.UtcNow;
        Reply answer = await reply;
        string text = answer.ToString().Trim().ReplaceLineEndings(" ");
        if (text.Length > LongestAnswer) text = text[..LongestAnswer];
        lock (_gate)
        {
            _file.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{begin:HH:mm:ss.ffffff} {DateTime.UtcNow:HH:mm:ss.ffffff} client {number} at {server.Address}: {request} -> {text}"));
        }

        return answer;
    }

    public void Dispose()
    {
        lock (_gate) _file.Dispose();
    }
}
