using Consul.Fast.Storage.Log;

namespace Consul.Fast.Storage.Tests.Log;

public sealed class FormatVersionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Newer_data_is_refused_with_both_numbers()
    {
        LogFixture.Open(_directory.Path).Dispose();
        File.WriteAllText(_directory.Sub("version"), "7\n");

        var error = Assert.Throws<DataFormatException>(() => LogFixture.Open(_directory.Path));
        Assert.Equal("data directory was written by a newer version (format 7, this binary supports 1)", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    public void Unreadable_mark_is_refused(string mark)
    {
        File.WriteAllText(_directory.Sub("version"), mark);

        Assert.Throws<DataFormatException>(() => FormatVersion.Check(_directory.Path));
    }

    [Fact]
    public void Log_without_a_mark_is_refused()
    {
        LogFixture.Open(_directory.Path).Dispose();
        File.Delete(_directory.Sub("version"));

        Assert.Throws<DataFormatException>(() => LogFixture.Open(_directory.Path));
    }
}
