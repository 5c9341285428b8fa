using DealerFlow.Engine;

namespace DealerFlow.Tests;

/// <summary>
/// The rules of <see cref="SequenceGate"/> for one channel and one epoch, with sets and lists instead of bits: every number that came,
/// every number that is lost, every gap as the set of what it misses.
/// </summary>
internal sealed class NaiveGate(ulong window, ulong patience, int openGaps)
{
    private readonly HashSet<ulong> _seen = [];
    private readonly List<(ulong First, ulong GivenUpAt, HashSet<ulong> Missing)> _gaps = [];
    private readonly Dictionary<uint, ulong> _lastOf = [];
    private ulong _first, _next, _later;

    public HashSet<ulong> Lost { get; } = [];

    public int Open => _gaps.Count;

    public (Verdict Verdict, AdmissionMarks Marks) Admit(ulong sequence, uint? stateOf)
    {
        if (_seen.Count == 0)
        {
            (_first, _next) = (sequence, sequence + 1);
            return Settle(sequence, stateOf, AdmissionMarks.None);
        }
        if (sequence >= _next) return Settle(sequence, stateOf, Advance(sequence));
        if (_next - sequence > window) return (Verdict.Late, AdmissionMarks.None);
        if (_seen.Contains(sequence)) return (Verdict.Duplicate, AdmissionMarks.None);
        if (Lost.Contains(sequence)) return (Verdict.Late, AdmissionMarks.None);
        if (sequence < _first) return Settle(sequence, stateOf, AdmissionMarks.PrecedesFirst);

        var gap = _gaps.Single(g => g.Missing.Remove(sequence));
        if (gap.Missing.Count != 0) return Settle(sequence, stateOf, AdmissionMarks.FillsGap);
        _gaps.Remove(gap);
        return Settle(sequence, stateOf, AdmissionMarks.FillsGap | AdmissionMarks.ClosesGap);
    }

    private AdmissionMarks Advance(ulong sequence)
    {
        // The clock stands still while there is nothing to wait for, which nobody can see.
        _later++;
        while (_gaps.Count > 0 && (sequence - _gaps[0].First >= window || _later >= _gaps[0].GivenUpAt)) LoseOldest();
        AdmissionMarks marks = AdmissionMarks.None;
        if (sequence > _next)
        {
            marks = AdmissionMarks.OpensGap;
            HashSet<ulong> missing = [];
            for (ulong n = _next; n < sequence; n++) missing.Add(n);
            if (sequence - _next >= window)
            {
                Lost.UnionWith(missing);
            }
            else
            {
                if (_gaps.Count == openGaps) LoseOldest();
                _gaps.Add((_next, _later + patience, missing));
            }
        }
        _next = sequence + 1;
        return marks;
    }

    private void LoseOldest()
    {
        Lost.UnionWith(_gaps[0].Missing);
        _gaps.RemoveAt(0);
    }

    private (Verdict, AdmissionMarks) Settle(ulong sequence, uint? stateOf, AdmissionMarks marks)
    {
        _seen.Add(sequence);
        if (stateOf is not uint id) return (Verdict.Pass, marks);
        if (_lastOf.TryGetValue(id, out ulong last) && sequence < last) return (Verdict.StaleState, marks);
        _lastOf[id] = sequence;
        return (Verdict.Pass, marks);
    }
}
