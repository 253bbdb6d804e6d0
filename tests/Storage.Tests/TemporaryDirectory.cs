namespace Consul.Fast.Storage.Tests;

/// <summary>A directory of its own for one test, removed at its end.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("consul-fast-storage-").FullName;

    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Copies a directory with all below it, as a crash would leave it.</summary>
    public static void Copy(string from, string to)
    {
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
        foreach (var inner in Directory.EnumerateDirectories(from)) Copy(inner, System.IO.Path.Combine(to, System.IO.Path.GetFileName(inner)));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
