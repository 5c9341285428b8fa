using System.Buffers.Binary;
using DealerFlow.Wire;

namespace DealerFlow.Feed;

/// <summary>Who writes: process, since when, on which boot of which machine. Never decides anything.</summary>
internal readonly record struct WriterIdentity(long Pid, long StartUtcNanos, Guid BootId)
{
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>This process, now.</summary>
    public static WriterIdentity OfThisProcess(FeedClock clock) => new(Environment.ProcessId, clock.UtcNanos, ReadBootId());

    /// <summary>The writer that signed a header.</summary>
    public static WriterIdentity From(in FeedHeader header)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, header.WriterBootIdHigh);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], header.WriterBootIdLow);
        return new WriterIdentity(header.WriterPid, header.WriterStartUtcNanos, new Guid(bytes, bigEndian: true));
    }

    /// <summary>Signs a header.</summary>
    public void WriteTo(ref FeedHeader header)
    {
        Span<byte> bytes = stackalloc byte[16];
        BootId.TryWriteBytes(bytes, bigEndian: true, out _);
        header.WriterPid = Pid;
        header.WriterStartUtcNanos = StartUtcNanos;
        header.WriterBootIdHigh = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        header.WriterBootIdLow = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Pid == 0 ? "it has not signed yet" : $"pid {Pid} since {UnixNanos.ToIso(StartUtcNanos)}, boot {BootId}";

    // Some containers hide the file; the id is information, so none is no error.
    private static Guid ReadBootId()
    {
        try { return Guid.TryParse(File.ReadAllText(BootIdPath).AsSpan().Trim(), out Guid id) ? id : Guid.Empty; }
        catch (IOException) { return Guid.Empty; }
        catch (UnauthorizedAccessException) { return Guid.Empty; }
    }
}
