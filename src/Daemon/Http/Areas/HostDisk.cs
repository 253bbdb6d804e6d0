using System.Runtime.InteropServices;
using System.Text.Json;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The file system at the root.</summary>
internal static partial class HostDisk
{
    private const string Root = "/";

    /// <summary>Words of the kernel's answer on 64-bit systems, with room to spare.</summary>
    private const int AnswerWords = 32;

    // Where they stand in it.
    private const int Files = 5;
    private const int FilesFree = 6;

    public static Action<Utf8JsonWriter> Read()
    {
        var drive = new DriveInfo(Root);
        (long total, long free, long used) = (drive.TotalSize, drive.AvailableFreeSpace, drive.TotalSize - drive.TotalFreeSpace);
        string format = drive.DriveFormat is "ext2" or "ext3" or "ext4" ? "ext2/ext3" : drive.DriveFormat;
        ulong[] answer = new ulong[AnswerWords];
        if (GetStatistics(Root, answer) != 0) throw new IOException("statvfs / failed");
        (ulong files, ulong filesFree) = (answer[Files], answer[FilesFree]);
        return writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("path", Root);
            writer.WriteString("fstype", format);
            writer.WriteNumber("total", total);
            writer.WriteNumber("free", free);
            writer.WriteNumber("used", used);
            writer.WriteNumber("usedPercent", Percent(used, used + free));
            writer.WriteNumber("inodesTotal", files);
            writer.WriteNumber("inodesUsed", files - filesFree);
            writer.WriteNumber("inodesFree", filesFree);
            writer.WriteNumber("inodesUsedPercent", Percent(files - filesFree, files));
            writer.WriteEndObject();
        };
    }

    private static double Percent(double part, double whole) => whole == 0 ? 0 : 100 * part / whole;

    [LibraryImport("libc", EntryPoint = "statvfs", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatistics(string path, [Out] ulong[] answer);
}
