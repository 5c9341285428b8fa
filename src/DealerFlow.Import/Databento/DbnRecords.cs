using System.Diagnostics.CodeAnalysis;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// The records behind the metadata, one after the other by their lengths, whatever their kinds. A length that cannot be, or a last
/// record that is cut off, refuses the file at that byte, after all whole records before it were given.
/// </summary>
internal sealed class DbnRecords(DbnBytes bytes, DbnMetadata metadata, string source)
{
    /// <summary>Number of the record that was given last, counted from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The next record, valid until the next call; false at the end of the file.</summary>
    /// <exception cref="InputFormatException">The bytes are no record.</exception>
    public bool TryRead(out DbnRecord record)
    {
        record = default;
        ReadOnlySpan<byte> first = bytes.Peek(1);
        if (first.IsEmpty) return false;
        int length = first[0] * DbnRecord.WordLength;
        if (length < DbnRecord.HeaderLength) Throw.NoRecord(source, bytes.Taken, length);
        ReadOnlySpan<byte> whole = bytes.Peek(length);
        if (whole.Length < length) Throw.CutOff(source, bytes.Taken, length, whole.Length);
        record = new DbnRecord(whole, metadata.Version, metadata.HasSendTime);
        bytes.Take(length);
        Number++;
        return true;
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void NoRecord(string source, long place, int length) => throw new InputFormatException(
            source, 0,
            $"at byte {place:#,0} a record says it has {length} bytes, fewer than any record has; the file is damaged, fetch another copy.");

        [DoesNotReturn]
        public static void CutOff(string source, long place, int length, int present) => throw new InputFormatException(
            source, 0,
            $"the record at byte {place:#,0} says it has {length} bytes and the file ends after {present} of them; fetch a whole copy.");
    }
}
