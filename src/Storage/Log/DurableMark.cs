using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Consul.Fast.Storage.Log;

/// <summary>
/// The file <c>mark</c> beside the log: what must be found when the log is opened again, at least. The log alone cannot tell
/// batches that were lost from batches that were never written. Belongs to the log writer.
/// </summary>
/// <remarks>
/// It is a lower bound and never ahead of the log, so it needs no sync of its own: a batch is marked when it is durable, before
/// the next is written, a file when its name is durable. After the loss of power an older mark may be found; that
/// only notices less. The last batch is never marked, so that its remains stay an unfinished end. One that cannot be
/// read marks nothing, for the same reason: it cannot make a healthy log look damaged.
/// </remarks>
internal sealed class DurableMark : IDisposable
{
    private const string FileName = "mark";

    /// <summary>Checksum, number of the newest file, number of the last batch.</summary>
    private const int Size = sizeof(uint) + sizeof(int) + sizeof(ulong);

    private readonly string _directory;
    private readonly uint _salt;
    private readonly IDiskIo _io;
    private SafeFileHandle? _file;

    /// <param name="directory">Directory of the log's directory.</param>
    public DurableMark(string directory, uint salt, IDiskIo io)
    {
        _directory = directory;
        _salt = salt;
        _io = io;
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path)) return;
        Span<byte> mark = stackalloc byte[Size];
        using (var file = File.OpenHandle(path))
        {
            if (RandomAccess.Read(file, mark, 0) < Size) return;
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(mark) != Crc32C.Compute(mark[sizeof(uint)..], salt)) return;
        Segment = BinaryPrimitives.ReadInt32LittleEndian(mark[sizeof(uint)..]);
        Batch = BinaryPrimitives.ReadUInt64LittleEndian(mark[(Size - sizeof(ulong))..]);
    }

    /// <summary>Number of a batch that the log holds, or has behind it; 0 when none is known.</summary>
    public ulong Batch { get; private set; }

    /// <summary>A number that the newest file has at least; -1 when none is known.</summary>
    public int Segment { get; private set; } = -1;

    /// <summary>Begins to write it: what was found is what is said from now on.</summary>
    /// <param name="batch">The last batch found.</param>
    /// <param name="segment">The newest file that is to stay; younger ones may be deleted when this returns.</param>
    public void Start(ulong batch, int segment)
    {
        var path = Path.Combine(_directory, FileName);
        var created = !File.Exists(path);
        _file = _io.Open(path, Size);
        if (created) _io.SyncDirectory(_directory);
        Write(batch, segment);
        _io.Sync(_file);
    }

    /// <summary>Every batch up to this one is durable.</summary>
    public void Advance(ulong batch)
    {
        if (batch != Batch) Write(batch, Segment);
    }

    /// <summary>A file was created and its name is durable.</summary>
    public void AddSegment(int segment)
    {
        if (_file is not null && segment > Segment) Write(Batch, segment);
    }

    public void Dispose() => _file?.Dispose();

    private void Write(ulong batch, int segment)
    {
        Span<byte> mark = stackalloc byte[Size];
        BinaryPrimitives.WriteInt32LittleEndian(mark[sizeof(uint)..], segment);
        BinaryPrimitives.WriteUInt64LittleEndian(mark[(Size - sizeof(ulong))..], batch);
        BinaryPrimitives.WriteUInt32LittleEndian(mark, Crc32C.Compute(mark[sizeof(uint)..], _salt));
        _io.Write(_file!, mark, 0);
        (Batch, Segment) = (batch, segment);
    }
}
