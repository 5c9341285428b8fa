using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace DealerFlow.Engine;

/// <summary>
/// Settles order, duplicates, gaps and resets before the ring, by (source, channel, sequence): each number passes at most once per
/// epoch, whichever line brings it, and what never comes is told as a <see cref="GapNotice"/>. One per engine, on the ingest thread.
/// </summary>
/// <remarks>
/// <code>
/// while (socket.Receive(datagram))
///     foreach (message in datagram)
///         if (gate.Admit(Arrival.State(source, channel, line, message.Sequence, message.InstrumentId)).Passes) ring ← message
///     while (gate.TryTakeNotice(out GapNotice notice)) ring ← notice
/// </code>
/// It has no clock: the same arrivals give the same answers. A gap on a channel that has fallen silent therefore stays open until the
/// host's own clock calls <see cref="DeclareOpenGapsLost"/>. It allocates in the constructor only and never throws for a message.
/// <para>
/// What it does not hold back: messages leave in the order in which they come, so one that was missing leaves late
/// (<see cref="AdmissionMarks.FillsGap"/>). A quote that its contract has left behind is then a <see cref="Verdict.StaleState"/>.
/// </para>
/// <para>
/// Epochs: a number more than 2³¹ away from the last is of another numbering (a restart, a failover), unless a counter has only
/// wrapped: then it lies within the window of what comes next. A source that begins anew within 2³¹ and does not say so looks
/// like one that repeats itself, and is late until it has caught up; the host must say <see cref="Arrival.Reset"/> for it.
/// After a reset the other lines still bring the old numbering for a while: what comes from a line that has not changed over, or lies
/// within the window of the old numbers and not of the new, is late and does not undo the reset. The changeover ends after
/// as many messages of the channel as the window is long.
/// </para>
/// </remarks>
public sealed class SequenceGate
{
    // A greater distance is no loss and no reordering any more.
    private const ulong FarthestApart = 1UL << 31;
    private const int EpochBits = 48;

    private readonly ChannelIndex _index;
    private readonly ChannelState[] _channels;
    private readonly ulong[] _missing;          // a window of bits for each channel
    private readonly OpenGap[] _gaps;           // a list for each channel, ascending
    private readonly int[] _noticeQueue;        // channels with a pending notice, first in first out; each at most once
    private readonly InstrumentSequences _instruments;
    private readonly int _window;
    private readonly int _openGaps;
    private readonly uint _gapPatience;
    private GateCounts _counts;
    private int _noticeHead;
    private int _noticeCount;

    /// <param name="options">How much it remembers.</param>
    public SequenceGate(SequenceGateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _window = options.Window;
        _openGaps = options.OpenGaps;
        _gapPatience = (uint)options.GapPatience;
        _index = new ChannelIndex(options.Channels);
        _channels = new ChannelState[options.Channels];
        long words = (long)options.Channels * (_window / 64), gaps = (long)options.Channels * _openGaps;
        if (Math.Max(words, gaps) > Array.MaxLength) Throw.TooMuchToRemember(options);
        _missing = new ulong[words];
        _gaps = new OpenGap[gaps];
        _noticeQueue = new int[options.Channels];
        _instruments = new InstrumentSequences(options.DenseInstruments, options.SparseInstruments);
    }

    /// <summary>Where every message went.</summary>
    public ref readonly GateCounts Counts => ref _counts;

    /// <summary>Channels seen.</summary>
    public int Channels => _index.Count;

    /// <summary>Losses that wait to be told.</summary>
    public bool HasNotices => _noticeCount != 0;

    /// <summary>Gives instrument ids below a number a place of their own, once it is known how many there are. Allocates.</summary>
    public void ReserveInstruments(int dense) => _instruments.Reserve(dense);

    /// <summary>What becomes of one message.</summary>
    public Admission Admit(in Arrival arrival)
    {
        _counts.In++;
        int index = _index.Find(arrival.ChannelKey);
        if (index < 0) return AdmitFirst(in arrival);

        ref ChannelState channel = ref _channels[index];
        long ahead = Ahead(arrival.Sequence, channel.Next, arrival.Width);
        bool isEven = (channel.Missing | channel.ChangeoverLeft) == 0 && arrival.Kind <= ArrivalKind.Event;
        if (isEven && ahead == 0)
        {
            ulong sequence = channel.Next++;
            _counts.Passed++;
            if (arrival.Kind == ArrivalKind.State && !_instruments.Record(arrival.InstrumentId, channel.Numbering, sequence))
                _counts.UncheckedStates++;
            return new Admission(Verdict.Pass, AdmissionMarks.None, sequence, index);
        }
        // The other line's copy, every second message of a source with two: nothing is missing, so whatever is in the window was here.
        if (isEven && (ulong)~ahead < (ulong)_window)
        {
            _counts.Duplicates++;
            return new Admission(Verdict.Duplicate, AdmissionMarks.None, channel.Next + (ulong)ahead, index);
        }
        return AdmitUneven(in arrival, index, ahead);
    }

    /// <summary>
    /// For sources that number datagrams: whether a state in a datagram that passed is to be applied. Ask before the next
    /// <see cref="Admit"/>, for each state in order.
    /// </summary>
    /// <param name="datagram">What <see cref="Admit"/> said of the datagram, as an <see cref="ArrivalKind.Event"/>; it passed.</param>
    /// <param name="instrumentId">Whose state.</param>
    /// <returns>False: the instrument has already shown something later.</returns>
    public bool AdmitState(in Admission datagram, uint instrumentId)
    {
        Debug.Assert(datagram.Passes, "nothing in a datagram that did not pass is to be applied");
        _counts.In++;
        return Settle(ArrivalKind.State, instrumentId, _channels[datagram.ChannelIndex].Numbering, datagram.Sequence) == Verdict.Pass;
    }

    /// <summary>Takes the oldest pending notice.</summary>
    public bool TryTakeNotice(out GapNotice notice)
    {
        if (_noticeCount == 0)
        {
            notice = default;
            return false;
        }
        ref ChannelState channel = ref _channels[_noticeQueue[_noticeHead]];
        notice = new GapNotice(
            channel.Source, channel.Channel, channel.LostNumbering, channel.LostFirst, channel.LostLast, channel.LostCount);
        channel.LostCount = 0;
        if (++_noticeHead == _noticeQueue.Length) _noticeHead = 0;
        _noticeCount--;
        return true;
    }

    /// <summary>
    /// True when the instrument's last state is of the notice's channel and older than the last number lost: what was lost may have
    /// replaced it. True also for an id that the gate has no room for. A state that comes later clears it.
    /// </summary>
    public bool MayHaveMissed(in GapNotice notice, uint instrumentId)
    {
        LastState last = _instruments.Last(instrumentId);
        if (last.Numbering == 0) return !_instruments.Knows(instrumentId);
        if (last.Numbering >> EpochBits != notice.Numbering >> EpochBits) return false;
        if (last.Numbering != notice.Numbering) return last.Numbering < notice.Numbering;
        return (long)(last.Sequence - notice.LastSequence) < 0;
    }

    /// <summary>Gives up every gap: the stream has ended, or the host has waited long enough on a silent channel.</summary>
    public void DeclareOpenGapsLost()
    {
        for (int i = 0; i < _index.Count; i++) LoseOpenGaps(i);
    }

    // How far a number lies ahead of the next one; the difference wraps in the width of the wire.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Ahead(ulong sequence, ulong next, SequenceWidth width) => (long)(sequence - next << (int)width) >> (int)width;

    private static ulong Extend(ulong sequence, SequenceWidth width) => sequence << (int)width >> (int)width;

    private static ulong Magnitude(long distance) => (ulong)(distance < 0 ? -distance : distance);

    private MissingNumbers MissingOf(int index) => new(_missing.AsSpan(index * (_window / 64), _window / 64));

    private Span<OpenGap> GapsOf(int index) => _gaps.AsSpan(index * _openGaps, _channels[index].OpenGaps);

    private Admission Refuse(in Arrival arrival, Refusal reason)
    {
        _counts.Refused++;
        if (reason == Refusal.NoRoomForChannel) _counts.RefusedChannels++;
        return new Admission(reason, arrival.Sequence);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Admission AdmitFirst(in Arrival arrival)
    {
        if (arrival.Kind > ArrivalKind.Reset) return Refuse(in arrival, Refusal.UnknownKind);
        int index = _index.Add(arrival.ChannelKey);
        if (index < 0) return Refuse(in arrival, Refusal.NoRoomForChannel);
        ref ChannelState channel = ref _channels[index];
        channel.Source = arrival.Source;
        channel.Channel = arrival.Channel;
        channel.Numbering = (ulong)(index + 1) << EpochBits;
        return StartNumbering(in arrival, index, AdmissionMarks.None);
    }

    /// <summary>Everything but a message in order on an undisturbed channel.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Admission AdmitUneven(in Arrival arrival, int index, long ahead)
    {
        if (arrival.Kind > ArrivalKind.Reset) return Refuse(in arrival, Refusal.UnknownKind);
        ref ChannelState channel = ref _channels[index];
        if (arrival.Kind == ArrivalKind.Reset) return AdmitReset(in arrival, index, ahead);

        bool isFar = (ulong)(ahead + _window) >= 2 * (ulong)_window;
        if (channel.ChangeoverLeft != 0 && IsOfFormerNumbering(in arrival, ref channel, ahead, isFar))
            return Late(arrival.Sequence, index);
        if (isFar && IsAnotherNumbering(in arrival, channel.Next - 1)) return StartEpoch(in arrival, index);
        return ahead >= 0 ? Advance(in arrival, index, (ulong)ahead) : LookBack(in arrival, index, (ulong)-ahead);
    }

    private Admission Late(ulong sequence, int index)
    {
        _counts.Late++;
        return new Admission(Verdict.Late, AdmissionMarks.None, sequence, index);
    }

    /// <summary>The next message, or one that skips some.</summary>
    private Admission Advance(in Arrival arrival, int index, ulong skipped)
    {
        ref ChannelState channel = ref _channels[index];
        ulong sequence = channel.Next + skipped;
        MissingNumbers missing = MissingOf(index);
        channel.LaterMessages++;
        // Before their bits are used again.
        while (channel.OpenGaps != 0 && IsOver(in GapsOf(index)[0], sequence, channel.LaterMessages)) LoseOldestGap(index);

        var marks = AdmissionMarks.None;
        if (skipped != 0)
        {
            marks = AdmissionMarks.OpensGap;
            OpenGap(index, channel.Next, skipped);
        }
        channel.Missing -= missing.Remove(sequence);
        channel.Next = sequence + 1;
        return Settled(in arrival, index, sequence, marks, (uint)skipped);
    }

    private bool IsOver(in OpenGap gap, ulong sequence, ulong laterMessages) =>
        sequence - gap.First >= (ulong)_window || laterMessages >= gap.GivenUpAt;

    private void OpenGap(int index, ulong first, ulong length)
    {
        ref ChannelState channel = ref _channels[index];
        _counts.GapsOpened++;
        _counts.MessagesSkipped += length;
        MissingNumbers missing = MissingOf(index);
        if (length >= (ulong)_window)
        {
            // Out of the window before it is in: nothing of it can be told from a duplicate any more.
            channel.Missing = missing.AddAll();
            _counts.GapsLost++;
            NoteLoss(index, first, first + length - 1, length);
            return;
        }
        channel.Missing += missing.Add(first, length);
        if (channel.OpenGaps == _openGaps) LoseOldestGap(index);
        channel.OpenGaps++;
        _counts.GapsOpen++;
        _counts.MessagesMissing += length;
        GapsOf(index)[^1] = new OpenGap
        {
            First = first,
            GivenUpAt = channel.LaterMessages + _gapPatience,
            Length = (int)length,
            Missing = (int)length,
        };
    }

    /// <summary>A number behind the next one: seen, missing, or too old to tell.</summary>
    private Admission LookBack(in Arrival arrival, int index, ulong behind)
    {
        ref ChannelState channel = ref _channels[index];
        ulong sequence = channel.Next - behind;
        if (behind > (ulong)_window) return Late(sequence, index);
        MissingNumbers missing = MissingOf(index);
        if (!missing.Contains(sequence))
        {
            _counts.Duplicates++;
            return new Admission(Verdict.Duplicate, AdmissionMarks.None, sequence, index);
        }
        AdmissionMarks marks = FillGap(index, sequence);
        if (marks == AdmissionMarks.None)
        {
            if (!channel.MayPrecedeFirst || (long)(sequence - channel.First) >= 0) return Late(sequence, index);
            marks = AdmissionMarks.PrecedesFirst;
        }
        channel.Missing -= missing.Remove(sequence);
        return Settled(in arrival, index, sequence, marks);
    }

    // None: the number is of no open gap.
    private AdmissionMarks FillGap(int index, ulong sequence)
    {
        Span<OpenGap> gaps = GapsOf(index);
        for (int i = 0; i < gaps.Length; i++)
        {
            ref OpenGap gap = ref gaps[i];
            if (sequence - gap.First >= (ulong)gap.Length) continue;
            _counts.MessagesFilled++;
            _counts.MessagesMissing--;
            if (--gap.Missing != 0) return AdmissionMarks.FillsGap;
            _counts.GapsFilled++;
            RemoveGap(index, i);
            return AdmissionMarks.FillsGap | AdmissionMarks.ClosesGap;
        }
        return AdmissionMarks.None;
    }

    private void RemoveGap(int index, int position)
    {
        Span<OpenGap> gaps = GapsOf(index);
        gaps[(position + 1)..].CopyTo(gaps[position..]);
        _channels[index].OpenGaps--;
        _counts.GapsOpen--;
    }

    private void LoseOpenGaps(int index)
    {
        while (_channels[index].OpenGaps != 0) LoseOldestGap(index);
    }

    // Its bits stay: a number that is missing and in no gap is lost.
    private void LoseOldestGap(int index)
    {
        OpenGap gap = GapsOf(index)[0];
        MissingNumbers missing = MissingOf(index);
        _counts.GapsLost++;
        _counts.MessagesMissing -= (ulong)gap.Missing;
        NoteLoss(index, missing.AtOrAfter(gap.First), missing.AtOrBefore(gap.First + (ulong)gap.Length - 1), (ulong)gap.Missing);
        RemoveGap(index, 0);
    }

    private void NoteLoss(int index, ulong first, ulong last, ulong count)
    {
        ref ChannelState channel = ref _channels[index];
        _counts.MessagesLost += count;
        if (channel.LostCount == 0)
        {
            channel.LostFirst = first;
            _noticeQueue[(int)(((uint)_noticeHead + (uint)_noticeCount) % (uint)_noticeQueue.Length)] = index;
            _noticeCount++;
        }
        channel.LostNumbering = channel.Numbering;
        channel.LostLast = last;
        channel.LostCount += count;
    }

    private Admission Settled(in Arrival arrival, int index, ulong sequence, AdmissionMarks marks, uint skipped = 0) =>
        new(Settle(arrival.Kind, arrival.InstrumentId, _channels[index].Numbering, sequence), marks, sequence, index, skipped);

    /// <summary>A number that has not been here before: passes, unless it is the state of an instrument that shows a later one.</summary>
    private Verdict Settle(ArrivalKind kind, uint instrumentId, ulong numbering, ulong sequence)
    {
        if (kind == ArrivalKind.State)
        {
            LastState last = _instruments.Last(instrumentId);
            if (last.Numbering == numbering && (long)(sequence - last.Sequence) < 0)
            {
                _counts.StaleStates++;
                return Verdict.StaleState;
            }
            if (!_instruments.Record(instrumentId, numbering, sequence)) _counts.UncheckedStates++;
        }
        _counts.Passed++;
        return Verdict.Pass;
    }

    /// <summary>
    /// A reset record begins an epoch once: from each other line, and again while nothing has followed, it is a duplicate.
    /// </summary>
    private Admission AdmitReset(in Arrival arrival, int index, long ahead)
    {
        ref ChannelState channel = ref _channels[index];
        bool isSame = Ahead(arrival.Sequence, channel.First, arrival.Width) == 0;
        bool isFirstOfItsLine = channel.ChangeoverLeft != 0 && !channel.LinesWithReset.Contains(arrival.Line);
        if (!isSame || (!isFirstOfItsLine && ahead != -1)) return StartEpoch(in arrival, index);
        channel.Lines.Add(arrival.Line);
        channel.LinesWithReset.Add(arrival.Line);
        _counts.Duplicates++;
        return new Admission(Verdict.Duplicate, AdmissionMarks.None, channel.First, index);
    }

    /// <summary>Further apart than any loss or reordering, on the wire, and not because the wire's counter has wrapped.</summary>
    private static bool IsAnotherNumbering(in Arrival arrival, ulong last)
    {
        ulong sequence = Extend(arrival.Sequence, arrival.Width);
        last = Extend(last, arrival.Width);
        return (sequence > last ? sequence - last : last - sequence) > FarthestApart;
    }

    /// <summary>Whether a message that comes after a reset was sent before it; a line that has changed over is noted.</summary>
    private bool IsOfFormerNumbering(in Arrival arrival, ref ChannelState channel, long ahead, bool isFar)
    {
        channel.ChangeoverLeft--;
        if (!channel.HasFormer) return false;
        ulong fromFormer = Magnitude(Ahead(arrival.Sequence, channel.FormerNext, arrival.Width));
        if (channel.Lines.Contains(arrival.Line)) return isFar && fromFormer <= (ulong)_window;
        if (fromFormer <= Magnitude(ahead)) return true;
        channel.Lines.Add(arrival.Line);
        return false;
    }

    private Admission StartEpoch(in Arrival arrival, int index)
    {
        ref ChannelState channel = ref _channels[index];
        LoseOpenGaps(index);
        _counts.Resets++;
        channel.Numbering++;
        channel.FormerNext = channel.Next;
        channel.HasFormer = true;
        return StartNumbering(in arrival, index, AdmissionMarks.StartsEpoch);
    }

    // Nothing before the first number has been seen: before a reset record there is nothing, before any other message there may be.
    private Admission StartNumbering(in Arrival arrival, int index, AdmissionMarks marks)
    {
        ref ChannelState channel = ref _channels[index];
        ulong first = Extend(arrival.Sequence, arrival.Width);
        MissingNumbers missing = MissingOf(index);
        channel.Missing = missing.AddAll() - missing.Remove(first);
        channel.First = first;
        channel.Next = first + 1;
        bool isRecord = arrival.Kind == ArrivalKind.Reset;
        channel.MayPrecedeFirst = !isRecord;
        channel.ChangeoverLeft = isRecord || channel.HasFormer ? _window : 0;
        channel.Lines = channel.LinesWithReset = default;
        channel.Lines.Add(arrival.Line);
        if (isRecord) channel.LinesWithReset.Add(arrival.Line);
        return Settled(in arrival, index, first, marks);
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void TooMuchToRemember(SequenceGateOptions options) => throw new ArgumentException(
            $"{options.Channels} channels with windows of {options.Window} numbers and {options.OpenGaps} open gaps are more than an array holds.",
            nameof(options));
    }
}
