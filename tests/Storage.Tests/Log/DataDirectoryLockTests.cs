using Consul.Fast.Storage.Log;

namespace Consul.Fast.Storage.Tests.Log;

public sealed class DataDirectoryLockTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Second_holder_is_refused_with_the_process_of_the_first()
    {
        using var first = DataDirectoryLock.Acquire(_directory.Path);

        var error = Assert.Throws<DataDirectoryInUseException>(() => DataDirectoryLock.Acquire(_directory.Path));
        Assert.Equal($"data directory {_directory.Path} is in use by process {Environment.ProcessId}", error.Message);
    }

    [Fact]
    public void Lock_can_be_taken_again_after_release()
    {
        DataDirectoryLock.Acquire(_directory.Sub("new")).Dispose();
        DataDirectoryLock.Acquire(_directory.Sub("new")).Dispose();
    }
}
