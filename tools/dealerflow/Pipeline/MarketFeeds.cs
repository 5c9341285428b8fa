using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>The feed of a run: one file with a directory of the underlyings, and of their combined view where one is asked for.</summary>
internal sealed class MarketFeeds : IDisposable
{
    /// <summary>What a combined view is called, in the directory and in results.</summary>
    public const string Combined = "combined";

    private readonly FeedWriter _writer;
    private readonly uint[] _ids;
    private readonly Ascii8[] _symbols;
    private readonly Dictionary<Ascii8, int> _indexes;
    private readonly FeedPublisher[] _publishers;
    private readonly FeedPublisher? _combined;
    private readonly int _basis;                // whose calculation also makes the combined view

    /// <param name="directory">Where feeds lie.</param>
    /// <param name="name">Name that the user gave.</param>
    /// <param name="underlyings">Underlyings, each symbol once.</param>
    /// <param name="shards">Who publishes to them.</param>
    /// <param name="combined">What the combined view is made of; null where there is none.</param>
    public MarketFeeds(string directory, string name, IReadOnlyList<InstrumentDefinition> underlyings, Shards shards, CombinedBasis? combined = null)
    {
        _ids = [.. underlyings.Select(underlying => underlying.InstrumentId)];
        _basis = combined is null ? -1 : Array.IndexOf(_ids, combined.BasisId);
        _symbols = [.. underlyings.Select(underlying => underlying.Root)];
        _indexes = new Dictionary<Ascii8, int>(_symbols.Length);
        for (int i = 0; i < _symbols.Length; i++) _indexes.TryAdd(_symbols[i], i);
        var entries = new List<FeedUnderlying>(_symbols.Length + 1);
        for (int i = 0; i < _symbols.Length; i++) entries.Add(EntryOf(_symbols[i], FeedEntryKind.Underlying, shards.RoomOf(_ids[i])));
        if (shards.CombinedRoom is { } room) entries.Add(EntryOf(Ascii8.From(Combined), FeedEntryKind.Combined, room));
        _writer = FeedWriter.Create(directory, name, [.. entries]);
        _publishers = [.. _writer.Publishers.Take(_symbols.Length)];
        _combined = _writer.Publishers.Skip(_symbols.Length).FirstOrDefault();
    }

    /// <summary>Names for results, each with its file; the first underlying first.</summary>
    public IEnumerable<(string Name, string Path)> Paths => _writer.Publishers.Select(publisher => (publisher.Symbol.ToString(), publisher.Path));

    /// <summary>Which entries are those of a calculation's underlyings.</summary>
    public int[] Of(ReadOnlySpan<uint> underlyingIds)
    {
        var feeds = new List<int>();
        for (int i = 0; i < _ids.Length; i++)
            if (underlyingIds.Contains(_ids[i])) feeds.Add(i);
        return [.. feeds];
    }

    public void Publish(ReadOnlySpan<byte> marketSection, in MarketSection head, in RuntimeSection run) => Of(in head).Publish(marketSection, in run);

    public void PublishHeadline(in HeadlineSection headline, in RuntimeSection run) =>
        _publishers[_indexes[headline.Underlying]].PublishHeadline(in headline, in run);

    /// <summary>A sign of life of one calculation, to the entries that are its own.</summary>
    public void Heartbeat(ReadOnlySpan<int> feeds, ulong eventSequence, long eventTimeNanos)
    {
        foreach (int feed in feeds)
        {
            _publishers[feed].Heartbeat(eventSequence, eventTimeNanos);
            if (feed == _basis) _combined?.Heartbeat(eventSequence, eventTimeNanos);
        }
    }

    /// <summary>Says to readers that the run has ended in good order.</summary>
    public void Close() => _writer.Close();

    public void Dispose() => _writer.Dispose();

    private FeedPublisher Of(in MarketSection head) => head.Members > 1 ? _combined! : _publishers[_indexes[head.Underlying]];

    private static FeedUnderlying EntryOf(Ascii8 symbol, FeedEntryKind kind, SnapshotRoom room) => new(symbol, room.Strikes, room.Expiries, kind);
}
