namespace Consul.Fast.Consensus.Tests;

/// <summary>Errors that the file system really gives.</summary>
public sealed class FileErrorTextTests
{
    [Fact]
    public void Errors_of_the_system_have_the_known_words()
    {
        Assert.Equal("no such file or directory", TextOf(static () => File.ReadAllBytes("/nowhere/file")));
        Assert.Equal("permission denied", TextOf(static () => File.ReadAllBytes("/tmp")));
        Assert.Equal("no space left on device", TextOf(WriteToFullDevice));
        Assert.Equal("file exists", TextOf(static () => File.Open("/dev/null", FileMode.CreateNew).Dispose()));
    }

    [Fact]
    public void Errors_of_the_program_keep_their_text()
    {
        Assert.Equal("the log is damaged", FileErrorText.Of(new IOException("the log is damaged")));
        Assert.Equal("the log is damaged", FileErrorText.Of(new InvalidDataException("the log is damaged")));
    }

    private static string TextOf(Action action) => FileErrorText.Of(Assert.ThrowsAny<Exception>(action));

    private static void WriteToFullDevice()
    {
        using var file = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write([1]);
    }
}
