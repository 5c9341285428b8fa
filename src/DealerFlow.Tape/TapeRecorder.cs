using System.Threading.Channels;
using DealerFlow.Wire;

namespace DealerFlow.Tape;

/// <summary>
/// Records a running stream: <see cref="Take"/> copies ticks into blocks, a thread of its own encodes and writes them. What happens when
/// the disk does not follow is the caller's choice: wait for it, or lose ticks, count them, and say so on the tape by a gap.
/// </summary>
/// <remarks>
/// Nothing is ever appended to a file that another process made, and after a failed write or sync nothing more goes into that file: its
/// whole blocks stay in the partial file, and a recorder that must not hold the stream back goes on in a new one (<c>day.2.dftape</c>).
/// </remarks>
public sealed class TapeRecorder : IDisposable
{
    private readonly string _path;
    private readonly InstrumentDefinition[] _definitions;
    private readonly Dictionary<string, string> _metadata;
    private readonly uint[] _underlyings;
    private readonly RecorderOptions _options;
    private readonly Channel<Block> _free;
    private readonly Channel<Block> _full;
    private readonly Thread _thread;

    // Thread of Take.
    private Block? _open;
    private bool _hasLost;               // ticks since the last block that was opened
    private bool _isFinished;

    // Thread of the disk.
    private TapeWriter? _tape;
    private long _unsyncedSince;
    private long _stoppedSince;
    private bool _owesGap;               // ticks are on no tape since the last block that is
    private int _unwritten;              // counted as recorded, and in a block that is not written yet

    // Figures: read by any thread, each for itself. Written by the thread of the disk, _dropped and _state by that of Take as well.
    private int _files;
    private long _recorded;
    private long _dropped;
    private long _gaps;
    private int _state = (int)RecordingState.Recording;
    private Exception? _failure;

    // Written by Dispose, read by the thread of the disk when no block follows.
    private bool _isAbandoned;

    private TapeRecorder(string path, ReadOnlySpan<InstrumentDefinition> definitions, IReadOnlyDictionary<string, string> metadata, RecorderOptions options)
    {
        _path = path;
        _definitions = definitions.ToArray();
        _metadata = metadata.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        _underlyings = [.. _definitions.Where(definition => definition.Kind == InstrumentKind.Underlying).Select(definition => definition.InstrumentId)];
        _options = options;
        _free = Channel.CreateBounded<Block>(options.QueueBlocks);
        _full = Channel.CreateBounded<Block>(options.QueueBlocks);
        for (int i = 0; i < options.QueueBlocks; i++) _free.Writer.TryWrite(new Block(options.TicksPerBlock));
        BeginFile();
        _thread = new Thread(WriteAll) { Name = "tape", IsBackground = true };
        _thread.Start();
    }

    /// <summary>How recording goes. Any thread; exact after <see cref="Finish"/>.</summary>
    public RecorderStatus Status => new(
        (RecordingState)Volatile.Read(ref _state), Volatile.Read(ref _recorded), Volatile.Read(ref _dropped), Volatile.Read(ref _gaps),
        Volatile.Read(ref _files), Volatile.Read(ref _failure)?.Message);

    /// <summary>Begins to record into a new file.</summary>
    /// <param name="path">The tape to make; its folder exists.</param>
    /// <param name="definitions">What the instrument ids mean.</param>
    /// <param name="metadata">Text pairs for the head of the tape.</param>
    /// <param name="options">What to do when the disk does not follow.</param>
    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    public static TapeRecorder Create(
        string path, ReadOnlySpan<InstrumentDefinition> definitions, IReadOnlyDictionary<string, string> metadata, RecorderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(metadata);
        options ??= new RecorderOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueBlocks, 2);
        return new TapeRecorder(path, definitions, metadata, options);
    }

    /// <summary>Takes ticks in the order of the stream. One thread.</summary>
    public void Take(ReadOnlySpan<Tick> ticks)
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        while (!ticks.IsEmpty)
        {
            if (_open is null && !TryOpen())
            {
                Lose(ticks.Length);
                return;
            }
            Block open = _open!;
            int taken = Math.Min(ticks.Length, open.Ticks.Length - open.Count);
            ticks[..taken].CopyTo(open.Ticks.AsSpan(open.Count));
            open.Count += taken;
            ticks = ticks[taken..];
            if (open.Count == open.Ticks.Length) Hand();
        }
    }

    /// <summary>
    /// Writes what was taken and completes the tape. Ticks that a failure kept from the tape are in <see cref="Status"/>; a recorder that
    /// was to lose none throws.
    /// </summary>
    /// <exception cref="IOException">The tape could not be completed.</exception>
    public RecorderStatus Finish()
    {
        if (!_isFinished)
        {
            _isFinished = true;
            if (_open is not null) Hand();
            _full.Writer.Complete();
            _thread.Join();
        }
        if (_options.IsLossless && _failure is { } failure)
            throw new IOException($"Recording into {_path} stopped after {_recorded:#,0} ticks: {failure.Message}", failure);
        return Status;
    }

    /// <summary>Stops. A tape that was not finished keeps its whole blocks in the partial file.</summary>
    public void Dispose()
    {
        if (!_isFinished)
        {
            _isFinished = true;
            Volatile.Write(ref _isAbandoned, true);
            _full.Writer.Complete();
            _thread.Join();
        }
    }

    private bool TryOpen()
    {
        if (_free.Reader.TryRead(out _open)) return Opened();
        if (!_options.IsLossless) return false;
        // Lossless: a slow disk holds the ring back, and with it the stream.
        _open = _free.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
        return Opened();
    }

    private bool Opened()
    {
        (_open!.Count, _open.FollowsLoss, _hasLost) = (0, _hasLost, false);
        return true;
    }

    private void Lose(int ticks)
    {
        _hasLost = true;
        Interlocked.Add(ref _dropped, ticks);
        Volatile.Write(ref _state, (int)RecordingState.Behind);
    }

    // As many blocks as there are fit the channel.
    private void Hand()
    {
        _full.Writer.TryWrite(_open!);
        _open = null;
    }

    private void WriteAll()
    {
        ChannelReader<Block> blocks = _full.Reader;
        while (blocks.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (blocks.TryRead(out Block? block))
            {
                _owesGap |= block.FollowsLoss;
                if (!TryWriteGuarded(block))
                {
                    _owesGap = true;
                    Interlocked.Add(ref _dropped, block.Count);
                }
                _free.Writer.TryWrite(block);
            }
        }
        if (Volatile.Read(ref _isAbandoned)) _tape?.Abandon();
        else Attempt(() => _tape?.Complete());
    }

    // Whatever goes wrong on this thread ends the file, never the process whose stream is recorded.
    private bool TryWriteGuarded(Block block)
    {
        try
        {
            return TryWrite(block);
        }
        catch (Exception failure) when (EndsTheFile(failure))
        {
            Abandon(failure);
            return false;
        }
    }

    private bool TryWrite(Block block)
    {
        if (_tape is null && !TryResume()) return false;
        if (_options.FreeBytesLeast > 0 && _options.FreeBytes(_path) < _options.FreeBytesLeast)
        {
            if (Attempt(_tape!.Complete)) _tape = null;
            Stop(new IOException($"less than {_options.FreeBytesLeast >> 20} MiB are free where {_path} is written."));
            return false;
        }
        ReadOnlySpan<Tick> ticks = block.Ticks.AsSpan(0, block.Count);
        if (_owesGap && !TryTellGap(ticks[0].EventTimeNanos)) return false;
        // A delegate cannot hold the span: the failure is caught here.
        try
        {
            _tape!.Append(ticks);
            SyncIfDue();
        }
        catch (Exception failure) when (EndsTheFile(failure))
        {
            Abandon(failure);
            return false;
        }
        Volatile.Write(ref _recorded, _recorded + ticks.Length);
        _unwritten = _tape.OpenTicks;
        if (_full.Reader.Count < _options.QueueBlocks / 2) Volatile.Write(ref _state, (int)RecordingState.Recording);
        return true;
    }

    /// <summary>Whoever replays the tape must know that quotes from before are stale.</summary>
    private bool TryTellGap(long nanos)
    {
        bool isTold = Attempt(() =>
        {
            foreach (uint underlying in _underlyings)
                _tape!.Append([new Tick { EventTimeNanos = nanos, InstrumentId = underlying, Kind = TickKind.Gap }]);
        });
        if (!isTold) return false;
        _owesGap = false;
        Volatile.Write(ref _gaps, _gaps + 1);
        return true;
    }

    private void SyncIfDue()
    {
        if (_options.Sync == RecorderSync.None) return;
        long now = Environment.TickCount64;
        if (_options.Sync == RecorderSync.Interval && now - _unsyncedSince < _options.SyncMilliseconds) return;
        _tape!.Sync();
        _unsyncedSince = now;
    }

    private bool TryResume()
    {
        if (_options.IsLossless || Environment.TickCount64 - _stoppedSince < _options.RetryMilliseconds) return false;
        _stoppedSince = Environment.TickCount64;
        // Room for more than a block, or the new file would be closed at once.
        if (_options.FreeBytesLeast > 0 && _options.FreeBytes(_path) < 2 * _options.FreeBytesLeast) return false;
        try
        {
            BeginFile();
            return true;
        }
        catch (Exception failure) when (EndsTheFile(failure))
        {
            Volatile.Write(ref _failure, failure);
            return false;
        }
    }

    private void BeginFile()
    {
        Volatile.Write(ref _files, _files + 1);
        string path = _files == 1 ? _path : Path.ChangeExtension(_path, null) + $".{_files}" + Path.GetExtension(_path);
        _tape = TapeWriter.CreateOn(_options.Disk, path, _definitions, _metadata, _options.Overwrite, _options.TicksPerBlock);
        _unsyncedSince = Environment.TickCount64;
    }

    private bool Attempt(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception failure) when (EndsTheFile(failure))
        {
            Abandon(failure);
            return false;
        }
    }

    // Not only an IOException: a name may be forbidden, and the framework has more to say of a disk than those.
    private static bool EndsTheFile(Exception failure) => failure is not OutOfMemoryException;

    private void Abandon(Exception failure)
    {
        string kept = "";
        if (_tape is { } tape)
        {
            // What was counted but was in a block that is not written is on no tape after all.
            int lost = Math.Min(_unwritten, tape.OpenTicks);
            Volatile.Write(ref _recorded, _recorded - lost);
            Interlocked.Add(ref _dropped, lost);
            kept = $". What was written before is in {tape.Abandon()}.";
        }
        (_tape, _unwritten) = (null, 0);
        Stop(new IOException(failure.Message.TrimEnd('.') + kept, failure));
    }

    private void Stop(IOException failure)
    {
        _stoppedSince = Environment.TickCount64;
        Volatile.Write(ref _failure, failure);
        Volatile.Write(ref _state, (int)RecordingState.Stopped);
    }

    private sealed class Block(int ticks)
    {
        public readonly Tick[] Ticks = new Tick[ticks];
        public int Count;

        /// <summary>Ticks of the stream that came right before these are on no tape.</summary>
        public bool FollowsLoss;
    }
}

/// <summary>How a recorder writes.</summary>
public sealed record RecorderOptions
{
    /// <summary>A slow disk holds the stream back, and a failure ends the recording; otherwise ticks are lost, counted and told on the tape.</summary>
    public bool IsLossless { get; init; } = true;

    /// <summary>Ticks per block: what a crash may lose.</summary>
    public int TicksPerBlock { get; init; } = TapeWriter.DefaultTicksPerBlock;

    /// <summary>Blocks between the stream and the disk, 2 or more.</summary>
    public int QueueBlocks { get; init; } = 8;

    /// <summary>When the disk is waited for.</summary>
    public RecorderSync Sync { get; init; }

    /// <summary>Longest time between two waits for the disk while blocks come, for <see cref="RecorderSync.Interval"/>.</summary>
    public int SyncMilliseconds { get; init; } = 1_000;

    /// <summary>Recording stops, with a whole tape, when less is free; 0 = only when the disk is full.</summary>
    public long FreeBytesLeast { get; init; } = 200L << 20;

    /// <summary>How long a stopped recording waits before it tries a new file.</summary>
    public int RetryMilliseconds { get; init; } = 1_000;

    /// <summary>Whether a file of the tape's name may be replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Bytes that are free where a file is written.</summary>
    public Func<string, long> FreeBytes { get; init; } = static path => new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path))!).AvailableFreeSpace;

    /// <summary>The calls that write.</summary>
    internal TapeDisk Disk { get; init; } = TapeDisk.Real;
}

/// <summary>What a power loss may cost; a crash of the process alone loses the open block at most.</summary>
public enum RecorderSync
{
    /// <summary>Whatever the system had not written yet.</summary>
    None = 0,

    /// <summary>The blocks since the last wait for the disk, and the open one.</summary>
    Interval = 1,

    /// <summary>The open block.</summary>
    Block = 2,
}

/// <summary>How a recording goes.</summary>
/// <param name="State">Whether ticks reach the tape.</param>
/// <param name="Recorded">Ticks on the tape.</param>
/// <param name="Dropped">Ticks that are on no tape.</param>
/// <param name="Gaps">Times that this is said on the tape.</param>
/// <param name="Files">Files that were begun.</param>
/// <param name="Failure">The last failure; null = none.</param>
public readonly record struct RecorderStatus(RecordingState State, long Recorded, long Dropped, long Gaps, int Files, string? Failure);
