using System.IO.Compression;
using System.Text;

namespace DealerFlow.Tests;

/// <summary>Zip archives of a few texts.</summary>
internal static class ZipFixture
{
    public static byte[] Zip(params (string Name, string Text)[] entries) =>
        Zip([.. entries.Select(entry => (entry.Name, Encoding.ASCII.GetBytes(entry.Text)))]);

    public static byte[] Zip((string Name, byte[] Content)[] entries, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }
}
