using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Tape;

/// <summary>
/// Brings any number of ticks into the order of their event times in bounded memory: what does not fit goes to sorted runs in temporary
/// files, which are merged when they are read. Ticks of one time keep the order in which they came.
/// </summary>
/// <remarks>One thread. The temporary files have no name any more once they are open, so nothing is left behind, not even by a crash.</remarks>
public sealed class TickSorter : IDisposable
{
    /// <summary>Least memory that makes sense.</summary>
    public const long LeastBudgetBytes = 1 << 20;

    private const int BytesPerTick = Tick.SizeInBytes + sizeof(int);
    private const int LeastRunBuffer = 256;
    private const int MostRunBuffer = 32_768;

    private readonly string _prefix;
    private readonly Tick[] _open;
    private readonly int[] _order;
    private readonly List<Run> _runs = [];
    private int _openTicks;
    private bool _isSorted = true;
    private bool _isReading;

    // Reading: a heap of the runs by their next tick, ties to the earlier run.
    private Run[] _heap = [];
    private int _heapCount;
    private int _given;

    /// <param name="budgetBytes">Memory for ticks, 1 MiB or more.</param>
    /// <param name="temporaryPrefix">Path that temporary files begin with; their number follows.</param>
    public TickSorter(long budgetBytes, string temporaryPrefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(temporaryPrefix);
        ArgumentOutOfRangeException.ThrowIfLessThan(budgetBytes, LeastBudgetBytes);
        int capacity = (int)Math.Min(budgetBytes / BytesPerTick, 1 << 26);
        _open = new Tick[capacity];
        _order = new int[capacity];
        _prefix = temporaryPrefix;
    }

    /// <summary>Ticks that were added.</summary>
    public long Count { get; private set; }

    /// <summary>Runs that went to temporary files.</summary>
    public int Spilled => _runs.Count;

    /// <summary>Adds a tick. Not after the first <see cref="Read"/>.</summary>
    /// <exception cref="IOException">There is no room for the temporary files.</exception>
    public void Add(in Tick tick)
    {
        if (_isReading) Throw.IsReading();
        if (_openTicks == _open.Length) Spill();
        _isSorted &= _openTicks == 0 || _open[_openTicks - 1].EventTimeNanos <= tick.EventTimeNanos;
        _open[_openTicks++] = tick;
        Count++;
    }

    /// <summary>The next ticks in order of time.</summary>
    /// <returns>Ticks written to the start of <paramref name="ticks"/>; 0 = all were read.</returns>
    public int Read(Span<Tick> ticks)
    {
        if (!_isReading) BeginReading();
        if (_runs.Count == 0)
        {
            int count = Math.Min(ticks.Length, _openTicks - _given);
            for (int i = 0; i < count; i++) ticks[i] = _open[_isSorted ? _given + i : _order[_given + i]];
            _given += count;
            return count;
        }
        int written = 0;
        while (written < ticks.Length && _heapCount > 0)
        {
            Run first = _heap[0];
            ticks[written++] = first.Next;
            if (!first.MoveNext()) _heap[0] = _heap[--_heapCount];
            SiftDown(0);
        }
        return written;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Run run in _runs) run.Dispose();
        _runs.Clear();
    }

    private void BeginReading()
    {
        _isReading = true;
        if (_runs.Count == 0)
        {
            Sort();
            return;
        }
        if (_openTicks > 0) Spill();
        // The room of the open ticks is what the runs read into.
        int buffer = Math.Clamp(_open.Length / _runs.Count, LeastRunBuffer, MostRunBuffer);
        _heap = [.. _runs];
        _heapCount = 0;
        foreach (Run run in _runs)
        {
            run.Begin(buffer);
            if (run.MoveNext()) _heap[_heapCount++] = run;
        }
        for (int i = (_heapCount / 2) - 1; i >= 0; i--) SiftDown(i);
    }

    private void Sort()
    {
        if (_isSorted) return;
        Span<int> order = _order.AsSpan(0, _openTicks);
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Tick[] open = _open;
        order.Sort((left, right) =>
        {
            int byTime = open[left].EventTimeNanos.CompareTo(open[right].EventTimeNanos);
            return byTime != 0 ? byTime : left.CompareTo(right);
        });
    }

    private void Spill()
    {
        Sort();
        _runs.Add(Run.Write(_prefix, _runs.Count, _open, _isSorted ? null : _order, _openTicks));
        _openTicks = 0;
        _isSorted = true;
    }

    private void SiftDown(int place)
    {
        while (true)
        {
            int least = place, left = (2 * place) + 1, right = left + 1;
            if (left < _heapCount && _heap[left].IsBefore(_heap[least])) least = left;
            if (right < _heapCount && _heap[right].IsBefore(_heap[least])) least = right;
            if (least == place) return;
            (_heap[place], _heap[least]) = (_heap[least], _heap[place]);
            place = least;
        }
    }

    /// <summary>Sorted ticks in a temporary file.</summary>
    private sealed class Run : IDisposable
    {
        private const int WriteBatch = 8_192;

        private readonly SafeFileHandle _file;
        private readonly int _number;
        private readonly long _bytes;
        private Tick[] _buffer = [];
        private int _next;
        private int _end;
        private long _offset;

        private Run(SafeFileHandle file, int number, long bytes)
        {
            _file = file;
            _number = number;
            _bytes = bytes;
        }

        public Tick Next => _buffer[_next - 1];

        public static Run Write(string prefix, int number, Tick[] ticks, int[]? order, int count)
        {
            string path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{prefix}{number}");
            SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
            try
            {
                // An open file without a name: gone with the process, however that ends.
                File.Delete(path);
                if (order is null)
                {
                    RandomAccess.Write(file, MemoryMarshal.AsBytes(ticks.AsSpan(0, count)), 0);
                }
                else
                {
                    var batch = new Tick[Math.Min(WriteBatch, count)];
                    for (int first = 0; first < count; first += batch.Length)
                    {
                        int some = Math.Min(batch.Length, count - first);
                        for (int i = 0; i < some; i++) batch[i] = ticks[order[first + i]];
                        RandomAccess.Write(file, MemoryMarshal.AsBytes(batch.AsSpan(0, some)), (long)first * Tick.SizeInBytes);
                    }
                }
                return new Run(file, number, (long)count * Tick.SizeInBytes);
            }
            catch (Exception failure)
            {
                file.Dispose();
                if (failure is not IOException) throw;
                throw new IOException($"Ticks that do not fit the memory budget cannot be kept in {path}: {failure.Message} Make room there, or give more memory.", failure);
            }
        }

        public void Begin(int buffer) => _buffer = new Tick[buffer];

        public bool MoveNext()
        {
            if (_next == _end)
            {
                int bytes = (int)Math.Min(_bytes - _offset, (long)_buffer.Length * Tick.SizeInBytes);
                Span<byte> room = MemoryMarshal.AsBytes(_buffer.AsSpan())[..bytes];
                for (int read = 0; read < bytes;)
                {
                    int some = RandomAccess.Read(_file, room[read..], _offset + read);
                    if (some == 0) throw new IOException("A temporary file of sorted ticks became shorter while it was read.");
                    read += some;
                }
                _offset += bytes;
                (_next, _end) = (0, bytes / Tick.SizeInBytes);
            }
            if (_next == _end) return false;
            _next++;
            return true;
        }

        public bool IsBefore(Run other)
        {
            long mine = Next.EventTimeNanos, theirs = other.Next.EventTimeNanos;
            return mine != theirs ? mine < theirs : _number < other._number;
        }

        public void Dispose() => _file.Dispose();
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void IsReading() => throw new InvalidOperationException("The sorted ticks are being read; nothing can be added any more.");
    }
}
