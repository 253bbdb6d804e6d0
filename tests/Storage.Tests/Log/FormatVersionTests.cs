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
        Assert.Equal("data directory was written by a newer version (format 7, this binary supports 2)", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("2")]
    [InlineData("2 x")]
    [InlineData("1 00000000")]
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

    [Fact]
    public void Data_from_before_logs_had_a_salt_is_read()
    {
        File.WriteAllText(_directory.Sub("version"), "1\n");

        Assert.Equal(0u, FormatVersion.Check(_directory.Path));
    }

    [Fact]
    public void Each_new_directory_gets_a_salt_that_stays()
    {
        uint salt = FormatVersion.Check(_directory.Sub("a"));

        Assert.Equal(salt, FormatVersion.Check(_directory.Sub("a")));
        Assert.NotEqual(salt, FormatVersion.Check(_directory.Sub("b")));
    }
}
