using System.Runtime.InteropServices;

namespace DealerFlow.Import;

/// <summary>
/// One numbered stream of blocks in a capture, on all lines that carry it, and which of its numbers came on none of them. It says so once
/// so many blocks have followed that no line can be that far behind, or at the end.
/// </summary>
internal sealed class OpraChannel(TickImport import)
{
    private const int Patience = 4_096;             // blocks
    private const int MostGaps = 1_024;
    private const int FarthestApart = 1 << 24;      // beyond that it is no loss any more: numbers begin anew

    private readonly OpraNumbering _numbering = new();
    private readonly List<Missing> _missing = [];   // in order of discovery
    private bool _isFollowed;
    private uint _next;
    private long _blocks;
    private long _lastNanos;

    /// <summary>Underlyings of which something came here: a gap is told of each.</summary>
    public HashSet<uint> Underlyings { get; } = [];

    /// <summary>A block that has not been here before, before its messages are read.</summary>
    public void Take(ReadOnlySpan<byte> payload, in OpraBlockHeader header)
    {
        OpraUnit unit = _numbering.Learn(in header, OpraBlockHeader.Identity(payload), out _);
        if (unit == OpraUnit.NotKnown) return;
        _blocks++;
        while (_missing.Count > 0 && _blocks - _missing[0].FoundAtBlock > Patience) Lose(0);
        uint count = unit == OpraUnit.Block ? 1 : (uint)header.Count;
        int ahead = (int)(header.Sequence - _next);
        if (!_isFollowed || OpraPackets.IsReset(payload, in header) || Math.Abs((long)ahead) > FarthestApart)
        {
            TellLost();
            (_isFollowed, ahead) = (true, 0);
            _next = header.Sequence;
        }
        if (ahead < 0) Fill(header.Sequence, count);
        else
        {
            if (ahead > 0) Miss(header.Sequence, header.Nanos);
            _next = header.Sequence + count;
        }
        _lastNanos = Math.Max(_lastNanos, header.Nanos);
    }

    /// <summary>Nothing that is missing will come any more.</summary>
    public void TellLost()
    {
        while (_missing.Count > 0) Lose(0);
    }

    /// <summary>Another line turned out to be of this channel: what is missing here may have come there.</summary>
    public void Forget() => _missing.Clear();

    private void Miss(uint end, long nanos)
    {
        if (_missing.Count == MostGaps) Lose(0);
        // Between the block before and this one; this one's own quotes are good where its time is another.
        _missing.Add(new Missing { First = _next, Count = end - _next, FoundAtBlock = _blocks, Nanos = nanos > _lastNanos ? nanos - 1 : nanos });
    }

    // Numbers that come late, on another line: what is left of a gap is what lies before and behind them.
    private void Fill(uint first, uint count)
    {
        for (int i = _missing.Count - 1; i >= 0; i--)
        {
            Missing gap = _missing[i];
            long from = Math.Max(0, (int)(first - gap.First)), to = Math.Min(gap.Count, (int)(first - gap.First) + (long)count);
            if (from >= to) continue;
            _missing.RemoveAt(i);
            if (to < gap.Count) _missing.Insert(i, gap with { First = gap.First + (uint)to, Count = gap.Count - (uint)to });
            if (from > 0) _missing.Insert(i, gap with { Count = (uint)from });
        }
    }

    private void Lose(int place)
    {
        Missing gap = CollectionsMarshal.AsSpan(_missing)[place];
        _missing.RemoveAt(place);
        import.Lost(gap.Count, gap.Nanos, Underlyings);
    }

    private record struct Missing
    {
        public uint First;
        public uint Count;
        public long FoundAtBlock;
        public long Nanos;
    }
}
