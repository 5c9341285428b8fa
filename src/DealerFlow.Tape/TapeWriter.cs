using System.IO.Hashing;
using System.Runtime.InteropServices;
using DealerFlow.Wire;
using K4os.Compression.LZ4;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Tape;

/// <summary>
/// Records ticks into a new tape (<c>.dftape</c>). The bytes go to <c>&lt;path&gt;.partial</c>; only <see cref="Complete"/> gives the
/// file its name, so a file of that name is always whole. After a crash the partial file holds every block that was written:
/// <see cref="TapeReader"/> opens it with <see cref="TapeRecovery.Prefix"/>.
/// </summary>
/// <remarks>Same metadata, definitions and ticks: same bytes. One thread; allocates nothing after <see cref="Create"/>.</remarks>
public sealed class TapeWriter : IDisposable
{
    /// <summary>Ticks per block unless told otherwise.</summary>
    public const int DefaultTicksPerBlock = 65_536;

    /// <summary>What a tape that is still being written is called: its path and this.</summary>
    public const string PartialSuffix = ".partial";

    internal const int DefinitionsPerBlock = 65_536;

    private readonly string _path;
    private readonly string _partialPath;
    private readonly bool _overwrite;
    private readonly TapeDisk _disk;
    private readonly SafeFileHandle _file;
    private readonly TapeChecksum _checksum = new();
    private readonly TapeIndex _index = new();
    private readonly TapeBlockEncoder _encoder;
    private readonly Tick[] _ticks;             // the open block
    private readonly byte[] _payload;           // room for a block header, then the payload
    private readonly byte[] _compressed;        // room for a block header, then the payload as LZ4
    private readonly ulong _fileId;
    private int _openTicks;
    private long _offset;
    private long _wholeBytes;                   // where the last whole block ends
    private long _writtenTicks;
    private uint _blocks;
    private uint _previousCrc;
    private State _state = State.Open;

    private TapeWriter(
        TapeDisk disk, string path, bool overwrite, int ticksPerBlock, ReadOnlySpan<InstrumentDefinition> definitions, int metadataCount, byte[] metadata)
    {
        _disk = disk;
        _path = path;
        _partialPath = path + PartialSuffix;
        _overwrite = overwrite;
        _fileId = IdentityOf(metadata, definitions);
        _encoder = new TapeBlockEncoder(ticksPerBlock);
        _ticks = new Tick[ticksPerBlock];
        int largestPayload = Math.Max(
            Math.Max(TickBlockHead.MaxPayloadBytes(ticksPerBlock), metadata.Length),
            Math.Max(TapeIndexEntry.Capacity * TapeIndexEntry.SizeInBytes, Math.Min(definitions.Length, DefinitionsPerBlock) * InstrumentDefinition.SizeInBytes));
        _payload = new byte[TapeBlockHeader.SizeInBytes + largestPayload];
        _compressed = new byte[TapeBlockHeader.SizeInBytes + largestPayload];
        _file = CreatePartial(disk, _partialPath, overwrite);
        try
        {
            WriteFileHeader(metadataCount, definitions.Length);
            WriteBlock(TapeBlockKind.Metadata, metadataCount, metadata);
            for (int first = 0; first < definitions.Length; first += DefinitionsPerBlock)
            {
                ReadOnlySpan<InstrumentDefinition> some = definitions.Slice(first, Math.Min(DefinitionsPerBlock, definitions.Length - first));
                WriteBlock(TapeBlockKind.Definitions, some.Length, MemoryMarshal.AsBytes(some));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private enum State
    {
        Open,
        Failed,         // a write failed: what is in the partial file is a prefix, nothing may follow it
        Completed,
        Disposed,
    }

    /// <summary>Ticks of the block that is not written yet.</summary>
    internal int OpenTicks => _openTicks;

    /// <summary>Ticks appended so far.</summary>
    public long TickCount => _writtenTicks + _openTicks;

    /// <summary>Bytes in the file so far, without the open block.</summary>
    public long SizeInBytes => _offset;

    /// <summary>Begins a new tape.</summary>
    /// <param name="path">The file that <see cref="Complete"/> will make; its folder exists.</param>
    /// <param name="definitions">What the instrument ids mean. Ticks of other ids are recorded all the same.</param>
    /// <param name="metadata">Text pairs, at most 1 MiB in all: where the ticks come from, with which options.</param>
    /// <param name="overwrite">Whether a file of that name, or a partial one, may be replaced.</param>
    /// <param name="ticksPerBlock">1 to 262,144. A crash loses at most so many ticks.</param>
    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    public static TapeWriter Create(
        string path,
        ReadOnlySpan<InstrumentDefinition> definitions,
        IReadOnlyDictionary<string, string> metadata,
        bool overwrite = false,
        int ticksPerBlock = DefaultTicksPerBlock) => CreateOn(TapeDisk.Real, path, definitions, metadata, overwrite, ticksPerBlock);

    internal static TapeWriter CreateOn(
        TapeDisk disk,
        string path,
        ReadOnlySpan<InstrumentDefinition> definitions,
        IReadOnlyDictionary<string, string> metadata,
        bool overwrite,
        int ticksPerBlock)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(ticksPerBlock, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ticksPerBlock, TickBlockHead.MaxTicks);
        if (definitions.Length > TapeFileHeader.MaxDefinitions)
            throw new ArgumentException($"{definitions.Length} definitions; a tape holds {TapeFileHeader.MaxDefinitions}.", nameof(definitions));
        byte[] metadataBytes = TapeMetadata.ToBytes(metadata);
        if (!overwrite && Path.Exists(path)) throw new IOException($"{path} exists already: choose another name or allow it to be overwritten.");
        return new TapeWriter(disk, path, overwrite, ticksPerBlock, definitions, metadata.Count, metadataBytes);
    }

    /// <summary>Appends ticks in the order of the stream. After an <see cref="IOException"/> the tape accepts no more.</summary>
    public void Append(ReadOnlySpan<Tick> ticks)
    {
        if (_state != State.Open) Throw.NotOpen(_path, _state);
        while (!ticks.IsEmpty)
        {
            if (_openTicks == 0 && ticks.Length >= _ticks.Length)
            {
                WriteTicks(ticks[.._ticks.Length]);
                ticks = ticks[_ticks.Length..];
                continue;
            }
            int taken = Math.Min(ticks.Length, _ticks.Length - _openTicks);
            ticks[..taken].CopyTo(_ticks.AsSpan(_openTicks));
            _openTicks += taken;
            ticks = ticks[taken..];
            if (_openTicks == _ticks.Length) WriteOpenTicks();
        }
    }

    /// <summary>Writes the open block, the index and the footer, waits until the disk has them, and gives the file its name.</summary>
    public void Complete()
    {
        if (_state != State.Open) Throw.NotOpen(_path, _state);
        if (_openTicks > 0) WriteOpenTicks();
        long indexOffset = _offset;
        WriteBlock(TapeBlockKind.Index, _index.Entries.Length, MemoryMarshal.AsBytes(_index.Entries));
        WriteFooter(indexOffset);
        _state = State.Failed;
        _disk.Sync(_file);
        _file.Dispose();
        _disk.Rename(_partialPath, _path, _overwrite);
        _state = State.Completed;
    }

    /// <summary>Waits until the disk has every block that was written. After a failure the tape accepts no more: what it holds is not known.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public void Sync()
    {
        if (_state != State.Open) Throw.NotOpen(_path, _state);
        _state = State.Failed;
        _disk.Sync(_file);
        _state = State.Open;
    }

    /// <summary>Closes the tape as it is, after a failure: the blocks that were written stay in the partial file, cut at the edge of the last.</summary>
    /// <returns>The partial file's path.</returns>
    public string Abandon()
    {
        if (_state is State.Completed or State.Disposed) Throw.NotOpen(_path, _state);
        _state = State.Disposed;
        // A file that is closed is whole and could only not be given its name.
        if (_file.IsClosed) return _partialPath;
        try
        {
            _disk.Cut(_file, _wholeBytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A torn block at the end is cut off by whoever reads the file.
        }
        _file.Dispose();
        return _partialPath;
    }

    /// <summary>Closes the tape. One that was not completed is removed.</summary>
    public void Dispose()
    {
        if (_state is State.Completed or State.Disposed) return;
        _state = State.Disposed;
        _file.Dispose();
        File.Delete(_partialPath);
    }

    private void WriteFileHeader(int metadataCount, int definitionCount)
    {
        var header = new TapeFileHeader
        {
            Magic = TapeFileHeader.ExpectedMagic,
            MajorVersion = TapeFileHeader.CurrentMajorVersion,
            MinorVersion = TapeFileHeader.CurrentMinorVersion,
            MaxTicksPerBlock = (uint)_ticks.Length,
            FileId = _fileId,
            MetadataCount = (uint)metadataCount,
            DefinitionCount = (uint)definitionCount,
        };
        header.Crc = _checksum.Of(in header, TapeFileHeader.CheckedBytes);
        Write(MemoryMarshal.AsBytes(new ReadOnlySpan<TapeFileHeader>(in header)));
    }

    private void WriteFooter(long indexOffset)
    {
        var footer = new TapeFooter
        {
            FileId = _fileId,
            IndexOffset = indexOffset,
            TickCount = _writtenTicks,
            EarliestNanos = _index.EarliestNanos,
            LatestNanos = _index.LatestNanos,
            BlockCount = _blocks,
            IndexStride = _index.Stride,
            Magic = TapeFooter.ExpectedMagic,
        };
        footer.Crc = _checksum.Of(in footer, TapeFooter.CheckedBytes);
        Write(MemoryMarshal.AsBytes(new ReadOnlySpan<TapeFooter>(in footer)));
    }

    private void WriteOpenTicks()
    {
        WriteTicks(_ticks.AsSpan(0, _openTicks));
        _openTicks = 0;
    }

    private void WriteTicks(ReadOnlySpan<Tick> ticks)
    {
        long earliest = long.MaxValue, latest = long.MinValue;
        foreach (ref readonly Tick tick in ticks)
        {
            earliest = Math.Min(earliest, tick.EventTimeNanos);
            latest = Math.Max(latest, tick.EventTimeNanos);
        }
        long offset = _offset;
        int payloadBytes = _encoder.Encode(ticks, _payload.AsSpan(TapeBlockHeader.SizeInBytes));
        TapeBlockHeader block = WritePayload(new TapeBlockHeader
        {
            Kind = TapeBlockKind.Ticks,
            Count = (uint)ticks.Length,
            EarliestNanos = earliest,
            LatestNanos = latest,
            TickKinds = TickKinds.Of(ticks),
        }, payloadBytes);
        _writtenTicks += ticks.Length;
        _index.Add(offset, in block);
    }

    private void WriteBlock(TapeBlockKind kind, int count, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(_payload.AsSpan(TapeBlockHeader.SizeInBytes));
        WritePayload(new TapeBlockHeader { Kind = kind, Count = (uint)count }, payload.Length);
    }

    // Stores the first bytes of _payload as the next block, compressed where that saves at least 15 %.
    private TapeBlockHeader WritePayload(TapeBlockHeader header, int payloadBytes)
    {
        ReadOnlySpan<byte> payload = _payload.AsSpan(TapeBlockHeader.SizeInBytes, payloadBytes);
        int worthwhile = (int)(payloadBytes * 85L / 100);
        int compressedBytes = LZ4Codec.Encode(payload, _compressed.AsSpan(TapeBlockHeader.SizeInBytes, worthwhile), LZ4Level.L00_FAST);
        bool compressed = compressedBytes > 0;
        byte[] stored = compressed ? _compressed : _payload;
        int storedBytes = compressed ? compressedBytes : payloadBytes;

        header.Marker = TapeBlockHeader.ExpectedMarker;
        header.BlockNumber = _blocks;
        header.FileId = _fileId;
        header.FirstTick = _writtenTicks;
        header.Compression = compressed ? TapeCompression.Lz4 : TapeCompression.None;
        header.StoredBytes = (uint)storedBytes;
        header.PayloadBytes = (uint)payloadBytes;
        header.PreviousCrc = _previousCrc;
        header.PayloadCrc = compressed ? _checksum.Of(payload) : 0;
        header.StoredCrc = _checksum.Of(in header, TapeBlockHeader.CheckedBytes, stored.AsSpan(TapeBlockHeader.SizeInBytes, storedBytes));
        MemoryMarshal.Write(stored, in header);
        Write(stored.AsSpan(0, TapeBlockHeader.SizeInBytes + storedBytes));
        _previousCrc = header.StoredCrc;
        _blocks = checked(_blocks + 1);
        _wholeBytes = _offset;
        return header;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        State state = _state;
        _state = State.Failed;
        _disk.Write(_file, bytes, _offset);
        _offset += bytes.Length;
        _state = state;
    }

    // The identity comes from the content, never from a clock: the same recording has the same bytes.
    private static ulong IdentityOf(byte[] metadata, ReadOnlySpan<InstrumentDefinition> definitions)
    {
        var hash = new XxHash3();
        hash.Append(metadata);
        hash.Append(MemoryMarshal.AsBytes(definitions));
        return hash.GetCurrentHashAsUInt64();
    }

    private static SafeFileHandle CreatePartial(TapeDisk disk, string path, bool overwrite)
    {
        try
        {
            return disk.Create(path, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            throw new IOException(
                $"{path} exists already: a recording is being written or was interrupted. Recover its ticks or delete it, then record again.");
        }
    }

    private static class Throw
    {
        [System.Diagnostics.CodeAnalysis.DoesNotReturn]
        public static void NotOpen(string path, State state) => throw new InvalidOperationException(state switch
        {
            State.Completed => $"{path} is complete: a tape is never appended to. Record into a new file.",
            State.Disposed => $"{path} was closed before it was complete.",
            _ => $"A write to {path} failed before: the tape accepts no more ticks. Record into a new file.",
        });
    }
}
