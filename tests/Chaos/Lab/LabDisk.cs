using System.Globalization;

namespace Consul.Fast.Chaos.Tests.Lab;

/// <summary>
/// The disk of one server: a file system in a file in memory, which can be filled up and which can be stalled, so that
/// whoever writes or syncs hangs in the kernel until it goes on. A process that hangs there cannot even be killed.
/// </summary>
internal sealed class LabDisk : IDisposable
{
    private readonly string _image;
    private bool _stalled;

    private LabDisk(string path, string image) => (Path, _image) = (path, image);

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <param name="path">An empty folder, which becomes the root of the disk.</param>
    public static LabDisk Create(string path, int megabytes)
    {
        Directory.CreateDirectory(Sweep.ImageFolder);
        Directory.CreateDirectory(path);
        var disk = new LabDisk(path, System.IO.Path.Combine(Sweep.ImageFolder, $"{Guid.NewGuid():N}.img"));
        try
        {
            using (FileStream file = File.Create(disk._image)) file.SetLength((long)megabytes << 20);
            // No journal: it would be written while the disk is stalled for those who write.
            Tool.Run("mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", "-E", "nodiscard,lazy_itable_init=1", disk._image);
            Tool.Run("mount", "-o", "loop", disk._image, path);
            return disk;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        long size = new DriveInfo(Path).AvailableFreeSpace;
        for (int part = 0; size >= 4096; part++)
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"{Ballast}{part}");
            if (!Tool.TryRun(out _, "fallocate", "-l", size.ToString(CultureInfo.InvariantCulture), file)) size /= 2;
            else size = Math.Min(size, new DriveInfo(Path).AvailableFreeSpace);
        }
    }

    public void Free()
    {
        foreach (string file in Directory.GetFiles(Path, System.IO.Path.GetFileName(Ballast) + "*")) File.Delete(file);
    }

    public void Stall()
    {
        Tool.Run("fsfreeze", "--freeze", Path);
        _stalled = true;
    }

    public void GoOn()
    {
        if (!_stalled) return;
        Tool.Run("fsfreeze", "--unfreeze", Path);
        _stalled = false;
    }

    public void Dispose()
    {
        if (_stalled) Tool.TryRun(out _, "fsfreeze", "--unfreeze", Path);
        Tool.TryRun(out _, "umount", "-l", Path);
        File.Delete(_image);
    }
}
