using System.Numerics;

namespace DealerFlow.Wire;

/// <summary>
/// The instruments of one block while it is encoded: how often each occurs, the price step that all its quotes share, and its anchor.
/// </summary>
internal sealed class InstrumentTally
{
    private const int MinShareOfStep = 128;     // a step is worth naming when 1/128 of the votes are for it
    private const int MaxCandidateSteps = 64;

    private readonly Entry[] _entries;
    private readonly int[] _slotOfBucket;       // open addressing: slot + 1, 0 = free
    private readonly int _bucketBits;
    private readonly ulong[] _rankKeys;
    private readonly int[] _slotsByRank;
    private readonly uint[] _candidateSteps = new uint[MaxCandidateSteps];
    private readonly long[] _votes = new long[MaxCandidateSteps];

    public InstrumentTally(int maxInstruments)
    {
        int buckets = (int)BitOperations.RoundUpToPowerOf2((uint)(2 * maxInstruments));
        _entries = new Entry[maxInstruments];
        _slotOfBucket = new int[buckets];
        _bucketBits = BitOperations.Log2((uint)buckets);
        _rankKeys = new ulong[maxInstruments];
        _slotsByRank = new int[maxInstruments];
    }

    /// <summary>Instruments seen; slots are given out in order of appearance.</summary>
    public int Length { get; private set; }

    public ref Entry this[int slot] => ref _entries[slot];

    /// <summary>Slots in the order of the block's instrument table, after <see cref="Rank"/>.</summary>
    public ReadOnlySpan<int> SlotsByRank => _slotsByRank.AsSpan(0, Length);

    public void Clear()
    {
        _slotOfBucket.AsSpan().Clear();
        Length = 0;
    }

    /// <summary>Counts one tick of the instrument and gives its slot.</summary>
    public int Count(uint id)
    {
        // Dense ids stay neighbours, so that those of one market fit a near cache; what lies above is spread by 2³²/φ.
        uint bucket = (id + ((uint)((ulong)id >> _bucketBits) * 0x9E37_79B1u)) & (uint)(_slotOfBucket.Length - 1);
        while (true)
        {
            int slot = _slotOfBucket[bucket] - 1;
            if (slot < 0)
            {
                _slotOfBucket[bucket] = ++Length;
                _entries[Length - 1] = new Entry { Id = id, Uses = 1 };
                return Length - 1;
            }
            if (_entries[slot].Id == id)
            {
                _entries[slot].Uses++;
                return slot;
            }
            bucket = (bucket + 1) & (uint)(_slotOfBucket.Length - 1);
        }
    }

    /// <summary>Notes a quote's prices: the first are the anchor that the block starts with, all of them narrow the step down.</summary>
    public void AddPrices(int slot, int bid, int ask)
    {
        ref Entry entry = ref _entries[slot];
        if (!entry.IsPriced)
        {
            entry.IsPriced = true;
            entry.FirstBid = bid;
            entry.FirstAsk = ask;
        }
        if (entry.Divisor == 1) return;
        Narrow(ref entry, Magnitude(bid));
        Narrow(ref entry, Magnitude(ask));
    }

    /// <summary>
    /// Fills the block's list of steps (the first is 1) and gives every instrument the largest that divides all its prices. An
    /// instrument with few quotes looks coarser than it is, so the list comes from a vote weighted by use.
    /// </summary>
    public void ChooseSteps(Span<uint> steps)
    {
        int candidates = CollectVotes(out long total);
        steps.Clear();
        steps[0] = 1;
        for (int chosen = 1; chosen < steps.Length; chosen++)
        {
            int best = -1;
            for (int i = 0; i < candidates; i++)
                if (_votes[i] * MinShareOfStep >= total && _votes[i] > 0 && (best < 0 || IsBefore(i, best))) best = i;
            if (best < 0) break;
            steps[chosen] = _candidateSteps[best];
            _votes[best] = 0;
        }
        for (int slot = 0; slot < Length; slot++) GiveStep(ref _entries[slot], steps);
    }

    /// <summary>
    /// Orders the table by falling use, because small numbers pack well. Entries whose numbers have the same bit length cost the same,
    /// so among them the order is by id: neighbours then have near ids and near prices.
    /// </summary>
    public void Rank()
    {
        Span<ulong> keys = _rankKeys.AsSpan(0, Length);
        Span<int> slots = _slotsByRank.AsSpan(0, Length);
        for (int slot = 0; slot < Length; slot++)
        {
            keys[slot] = ((ulong)(uint)(int.MaxValue - _entries[slot].Uses) << 32) | _entries[slot].Id;
            slots[slot] = slot;
        }
        MemoryExtensions.Sort(keys, slots);
        for (int rank = 0; rank < slots.Length; rank++) keys[rank] = ((ulong)(uint)BitLength(rank) << 32) | _entries[slots[rank]].Id;
        MemoryExtensions.Sort(keys, slots);
        for (int rank = 0; rank < slots.Length; rank++) _entries[slots[rank]].Rank = rank;
        SetAnchorsInSteps();
    }

    // Anchors at the block's start.
    private void SetAnchorsInSteps()
    {
        foreach (ref Entry entry in _entries.AsSpan(0, Length))
        {
            entry.AnchorBid = entry.InSteps(entry.FirstBid);
            entry.AnchorAsk = entry.InSteps(entry.FirstAsk);
        }
    }

    private int CollectVotes(out long total)
    {
        int candidates = 0;
        total = 0;
        for (int slot = 0; slot < Length; slot++)
        {
            ref readonly Entry entry = ref _entries[slot];
            int votes = entry.Uses - 1;
            if (votes == 0 || entry.Divisor is <= 1 or > int.MaxValue) continue;
            total += votes;
            int i = _candidateSteps.AsSpan(0, candidates).IndexOf(entry.Divisor);
            if (i < 0)
            {
                if (candidates == MaxCandidateSteps) continue;
                i = candidates++;
                _candidateSteps[i] = entry.Divisor;
                _votes[i] = 0;
            }
            _votes[i] += votes;
        }
        return candidates;
    }

    private bool IsBefore(int i, int best) =>
        _votes[i] > _votes[best] || (_votes[i] == _votes[best] && _candidateSteps[i] < _candidateSteps[best]);

    private static void GiveStep(ref Entry entry, ReadOnlySpan<uint> steps)
    {
        entry.Step = 1;
        entry.StepIndex = 0;
        entry.StepInverse = 1;
        entry.StepShift = 0;
        if (entry.Divisor == 0) return;
        for (int i = 1; i < steps.Length && steps[i] != 0; i++)
        {
            if (entry.Divisor % steps[i] != 0 || steps[i] <= entry.Step) continue;
            entry.Step = (int)steps[i];
            entry.StepIndex = i;
        }
        entry.StepShift = BitOperations.TrailingZeroCount(entry.Step);
        // Each round doubles the bits that are right; an odd number is its own inverse modulo 8.
        int odd = entry.Step >> entry.StepShift, inverse = odd;
        for (int bits = 3; bits < 32; bits *= 2) inverse *= 2 - (odd * inverse);
        entry.StepInverse = inverse;
    }

    // Nearly every price is a multiple already, which one multiplication tells (D. Lemire, O. Kaser, N. Kurz, Faster remainder by direct
    // computation, 2019): with r = 1 + ⌊(2⁶⁴ − 1)/d⌋, d divides n exactly when n·r modulo 2⁶⁴ is below r.
    private static void Narrow(ref Entry entry, uint price)
    {
        if (price * entry.DivisorReciprocal < entry.DivisorReciprocal) return;
        uint divisor = entry.Divisor;
        while (price != 0) (divisor, price) = (price, divisor % price);
        entry.Divisor = divisor;
        entry.DivisorReciprocal = divisor > 1 ? (ulong.MaxValue / divisor) + 1 : 0;
    }

    private static uint Magnitude(int value) => value < 0 ? 0 - (uint)value : (uint)value;

    private static int BitLength(int value) => 32 - BitOperations.LeadingZeroCount((uint)value);

    /// <summary>What is known of one instrument.</summary>
    public struct Entry
    {
        public uint Id;
        public int Uses;
        public uint Divisor;        // greatest common divisor of all quoted prices; 0 while all were 0
        public ulong DivisorReciprocal;
        public int Step;
        public int StepInverse;     // of its odd part, modulo 2³²
        public int StepShift;       // of its even part
        public int StepIndex;
        public int Rank;
        public int FirstBid, FirstAsk;
        public int AnchorBid, AnchorAsk;
        public bool IsPriced;

        /// <summary>A multiple of the step in steps, without a division.</summary>
        public readonly int InSteps(int price) => (price >> StepShift) * StepInverse;
    }
}
