using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Tape;

/// <summary>
/// Ticks of one or several tapes as one stream in the order of their times; of one time those of the earlier tape first. Contracts that
/// several tapes define are one contract: where their ids differ, the later tape's are translated.
/// </summary>
internal sealed class TapeMerge : ITickStream
{
    private readonly Track[] _tracks;
    private readonly List<InstrumentDefinition> _definitions = [];
    private readonly IdSpace _ids = new();

    /// <param name="readers">The tapes; owned from now on.</param>
    /// <param name="paths">How messages name them.</param>
    /// <param name="fromNanos">Ticks before are left out but for definitions and open interest, which come first, at this time.</param>
    /// <param name="toNanos">Ticks after are left out.</param>
    /// <exception cref="ArgumentException">Two tapes say different things of one contract.</exception>
    public TapeMerge(IReadOnlyList<TapeReader> readers, IReadOnlyList<string> paths, long fromNanos, long toNanos)
    {
        _tracks = new Track[readers.Count];
        ReadOnlySpan<byte> ofFirst = MemoryMarshal.AsBytes(readers[0].Definitions);
        bool areSame = true;
        foreach (TapeReader reader in readers) areSame &= MemoryMarshal.AsBytes(reader.Definitions).SequenceEqual(ofFirst);
        if (areSame) _definitions.AddRange(readers[0].Definitions);
        var known = new Dictionary<ContractIdentity, int>();
        for (int i = 0; i < readers.Count; i++)
            _tracks[i] = new Track(readers[i], areSame ? null : Join(readers[i], paths, i, known), _ids, fromNanos, toNanos);
        Metadata = readers[0].Metadata;
        TickCount = readers.Sum(reader => reader.TickCount);
        LostTicks = readers.Sum(reader => reader.LostTicks);
        // An empty tape has no times.
        TapeReader[] filled = [.. readers.Where(reader => reader.TickCount > 0)];
        FirstEventTimeNanos = filled.Select(reader => reader.FirstEventTimeNanos).DefaultIfEmpty().Min();
        LastEventTimeNanos = filled.Select(reader => reader.LastEventTimeNanos).DefaultIfEmpty().Max();
    }

    /// <summary>What the ids of the stream mean; the first tape's own come first and keep their ids.</summary>
    public ReadOnlySpan<InstrumentDefinition> Definitions => CollectionsMarshal.AsSpan(_definitions);

    /// <summary>Of the first tape.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Ticks on all tapes, within the time that was asked for or not.</summary>
    public long TickCount { get; }

    public long LostTicks { get; }

    public long FirstEventTimeNanos { get; }

    public long LastEventTimeNanos { get; }

    /// <summary>Fills a prefix with the next ticks; 0 = the end.</summary>
    public int Read(Span<Tick> ticks)
    {
        if (_tracks.Length == 1) return _tracks[0].Read(ticks);
        int written = 0;
        while (written < ticks.Length)
        {
            Track? first = null;
            long until = long.MaxValue;      // the first track may go on up to here …
            bool mayTie = true;              // … and at it, if it stands before whoever waits there
            foreach (Track track in _tracks)
            {
                if (!track.TryPeek(out long nanos)) continue;
                if (first is null || nanos < first.NextNanos)
                {
                    if (first is not null) (until, mayTie) = (first.NextNanos, false);
                    first = track;
                }
                else if (nanos < until)
                {
                    (until, mayTie) = (nanos, true);
                }
            }
            if (first is null) break;
            do ticks[written++] = first.Take();
            while (written < ticks.Length && first.TryPeek(out long next) && (next < until || (next == until && mayTie)));
        }
        return written;
    }

    public void Dispose()
    {
        foreach (Track? track in _tracks) track?.Dispose();
    }

    /// <summary>Adds a tape's definitions to those of the stream and gives its ids; null = they mean the same in every tape.</summary>
    private Dictionary<uint, uint>? Join(TapeReader reader, IReadOnlyList<string> paths, int number, Dictionary<ContractIdentity, int> known)
    {
        ReadOnlySpan<InstrumentDefinition> definitions = reader.Definitions;
        var symbols = new Dictionary<uint, Ascii8>();
        foreach (ref readonly InstrumentDefinition definition in definitions)
            if (definition.Kind == InstrumentKind.Underlying) symbols.TryAdd(definition.InstrumentId, definition.Root);
        var ids = new Dictionary<uint, uint>();
        int first = _definitions.Count;
        foreach (ref readonly InstrumentDefinition definition in definitions)
        {
            var identity = ContractIdentity.Of(in definition, symbols.GetValueOrDefault(definition.UnderlyingId));
            if (number > 0 && known.TryGetValue(identity, out int place))
            {
                if (!ContractIdentity.HasSameTerms(_definitions[place], in definition)) ThrowDiffers(in definition, paths, number);
                ids[definition.InstrumentId] = _definitions[place].InstrumentId;
                continue;
            }
            // Two lines of one id stay together, as they are on the tape.
            if (!ids.ContainsKey(definition.InstrumentId)) ids[definition.InstrumentId] = _ids.Claim(definition.InstrumentId);
            known[identity] = _definitions.Count;
            _definitions.Add(definition with { InstrumentId = ids[definition.InstrumentId] });
        }
        // An underlying's own line may come after its contracts'.
        foreach (ref InstrumentDefinition added in CollectionsMarshal.AsSpan(_definitions)[first..])
            if (ids.TryGetValue(added.UnderlyingId, out uint underlying)) added.UnderlyingId = underlying;
        return ids;
    }

    private static void ThrowDiffers(in InstrumentDefinition definition, IReadOnlyList<string> paths, int number) => throw new ArgumentException(
        $"{paths[number]} says of {definition.Root} {definition.ExpiryDate} {definition.Strike} otherwise than a tape before it (settlement, multiplier or price scale); replay them one by one.");

    /// <summary>One tape: what it read ahead, and its ids.</summary>
    private sealed class Track : IDisposable
    {
        private const int Ahead = 4_096;

        private readonly TapeReader _reader;
        private readonly Dictionary<uint, uint>? _ids;
        private readonly IdSpace _space;
        private readonly long _toNanos;
        private readonly Tick[] _ahead = new Tick[Ahead];
        private readonly List<Tick>? _before;
        private int _givenBefore;
        private int _next;
        private int _end;
        private bool _isOver;

        public Track(TapeReader reader, Dictionary<uint, uint>? ids, IdSpace space, long fromNanos, long toNanos)
        {
            _reader = reader;
            _ids = ids;
            _space = space;
            _toNanos = toNanos;
            if (fromNanos <= reader.FirstEventTimeNanos) return;
            _before = reader.SeekToTime(fromNanos, TickKinds.Of(TickKind.OpenInterest) | TickKinds.Of(TickKind.Definition));
        }

        public long NextNanos => _ahead[_next].EventTimeNanos;

        public int Read(Span<Tick> ticks)
        {
            if (_isOver) return 0;
            int count = 0;
            if (_before is not null && _givenBefore < _before.Count)
            {
                count = Math.Min(ticks.Length, _before.Count - _givenBefore);
                CollectionsMarshal.AsSpan(_before).Slice(_givenBefore, count).CopyTo(ticks);
                _givenBefore += count;
            }
            else
            {
                count = _reader.Read(ticks);
                if (_toNanos < _reader.LastEventTimeNanos) count = Until(ticks[..count]);
            }
            if (_ids is not null) Translate(ticks[..count]);
            return count;
        }

        public bool TryPeek(out long nanos)
        {
            if (_next == _end) (_next, _end) = (0, Read(_ahead));
            nanos = _next < _end ? NextNanos : 0;
            return _next < _end;
        }

        public Tick Take() => _ahead[_next++];

        public void Dispose() => _reader.Dispose();

        private int Until(ReadOnlySpan<Tick> ticks)
        {
            for (int i = 0; i < ticks.Length; i++)
            {
                if (ticks[i].EventTimeNanos <= _toNanos) continue;
                _isOver = true;
                return i;
            }
            return ticks.Length;
        }

        private void Translate(Span<Tick> ticks)
        {
            foreach (ref Tick tick in ticks)
            {
                tick.InstrumentId = Translated(tick.InstrumentId);
                // The first quarter of a definition holds its two ids again, where a quote has its prices.
                if (tick.Kind != TickKind.Definition || tick.Venue != 0) continue;
                tick.Bid = (int)Translated((uint)tick.Bid);
                tick.Ask = (int)Translated((uint)tick.Ask);
            }
        }

        // An id that the head of the tape does not name is defined later, or never; it must not be taken for another tape's.
        private uint Translated(uint id)
        {
            ref uint translated = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids!, id, out bool isKnown);
            if (!isKnown) translated = _space.Claim(id);
            return translated;
        }
    }
}

/// <summary>Ids of the stream: each is given once.</summary>
internal sealed class IdSpace
{
    private readonly HashSet<uint> _given = [];
    private uint _next;

    /// <summary>The id itself where it is free, otherwise one that nobody has.</summary>
    public uint Claim(uint wanted)
    {
        if (_given.Add(wanted)) return wanted;
        while (!_given.Add(_next)) _next++;
        return _next++;
    }
}

/// <summary>What makes two definitions speak of one contract.</summary>
internal readonly record struct ContractIdentity(InstrumentKind Kind, Ascii8 Root, Ascii8 Underlying, int ExpiryDate, long StrikeMills)
{
    public static ContractIdentity Of(in InstrumentDefinition definition, Ascii8 underlying) => definition.Kind == InstrumentKind.Underlying
        ? new ContractIdentity(definition.Kind, definition.Root, definition.Root, 0, 0)
        : new ContractIdentity(definition.Kind, definition.Root, underlying, definition.ExpiryDate, definition.StrikeMills);

    public static bool HasSameTerms(in InstrumentDefinition one, in InstrumentDefinition other) =>
        one.SettlementNanos == other.SettlementNanos && one.Multiplier == other.Multiplier && one.PriceDecimals == other.PriceDecimals
        && one.Settlement == other.Settlement && one.Exercise == other.Exercise && one.Flags == other.Flags;
}
