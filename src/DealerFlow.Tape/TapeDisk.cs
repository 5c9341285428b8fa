using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Tape;

/// <summary>The calls by which a tape reaches its file. A test puts one in its place whose calls fail.</summary>
internal class TapeDisk
{
    public static TapeDisk Real { get; } = new();

    public virtual SafeFileHandle Create(string path, bool overwrite) =>
        File.OpenHandle(path, overwrite ? FileMode.Create : FileMode.CreateNew, FileAccess.Write, FileShare.None);

    public virtual void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (ArgumentOutOfRangeException failure)
        {
            // What the framework makes of EFBIG.
            throw new IOException("The file is larger than its file system or the limit of this process allows", failure);
        }
    }

    public virtual void Sync(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    public virtual void Cut(SafeFileHandle file, long length) => RandomAccess.SetLength(file, length);

    public virtual void Rename(string from, string to, bool overwrite) => File.Move(from, to, overwrite);
}
