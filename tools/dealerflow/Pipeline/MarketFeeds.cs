using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>
/// The feeds of a run. One underlying has the name alone; of several each has <c>NAME.SYMBOL</c>, and their combined view, once
/// there is one, <c>NAME.combined</c>.
/// </summary>
internal sealed class MarketFeeds : IDisposable
{
    /// <summary>What stands behind the name of a combined view, and how it is called in results.</summary>
    public const string Combined = "combined";

    private readonly string _directory;
    private readonly string _name;
    private readonly SnapshotRoom? _combinedRoom;
    private readonly uint[] _ids;
    private readonly Ascii8[] _symbols;
    private readonly Dictionary<Ascii8, int> _indexes;
    private readonly FeedPublisher[] _feeds;
    private volatile FeedPublisher? _combined;
    private int _basis;                 // whose calculation also makes the combined view

    /// <param name="directory">Where feeds lie.</param>
    /// <param name="name">Name that the user gave.</param>
    /// <param name="underlyings">Underlyings, each symbol once.</param>
    /// <param name="shards">Who publishes to them.</param>
    public MarketFeeds(string directory, string name, IReadOnlyList<InstrumentDefinition> underlyings, Shards shards)
    {
        (_directory, _name, _combinedRoom) = (directory, name, shards.CombinedRoom);
        _ids = [.. underlyings.Select(underlying => underlying.InstrumentId)];
        _symbols = [.. underlyings.Select(underlying => underlying.Root)];
        _indexes = new Dictionary<Ascii8, int>(_symbols.Length);
        for (int i = 0; i < _symbols.Length; i++) _indexes.TryAdd(_symbols[i], i);
        var feeds = new List<FeedPublisher>();
        try
        {
            for (int i = 0; i < _symbols.Length; i++)
                feeds.Add(Create(_symbols.Length == 1 ? name : $"{name}.{FileName(_symbols[i])}", shards.RoomOf(_ids[i])));
            _feeds = [.. feeds];
        }
        catch
        {
            foreach (FeedPublisher feed in feeds) feed.Dispose();
            throw;
        }
    }

    /// <summary>Names for results, each with its file; the first underlying first.</summary>
    public IEnumerable<(string Name, string Path)> Paths
    {
        get
        {
            for (int i = 0; i < _feeds.Length; i++) yield return (_symbols[i].ToString(), _feeds[i].Path);
            if (_combined is not null) yield return (Combined, _combined.Path);
        }
    }

    /// <summary>Which feeds are those of a calculation's underlyings.</summary>
    public int[] Of(ReadOnlySpan<uint> underlyingIds)
    {
        var feeds = new List<int>();
        for (int i = 0; i < _ids.Length; i++)
            if (underlyingIds.Contains(_ids[i])) feeds.Add(i);
        return [.. feeds];
    }

    public void Publish(
        ReadOnlySpan<byte> marketSection, in MarketSection head, in Ledger ledger, double ticksPerSecond, in RecorderStatus recording,
        in IngestSection ingest = default) =>
        Of(in head).Publish(
            marketSection, in ledger, ticksPerSecond, recording.State, (ulong)recording.Recorded, (ulong)recording.Dropped, in ingest);

    public void PublishHeadline(in HeadlineSection headline, in Ledger ledger, in IngestSection ingest = default) =>
        _feeds[_indexes[headline.Underlying]].PublishHeadline(in headline, in ledger, in ingest);

    /// <summary>A sign of life of one calculation, to the feeds that are its own.</summary>
    public void Heartbeat(ReadOnlySpan<int> feeds, ulong eventSequence, long eventTimeNanos)
    {
        foreach (int feed in feeds)
        {
            _feeds[feed].Heartbeat(eventSequence, eventTimeNanos);
            if (feed == _basis) _combined?.Heartbeat(eventSequence, eventTimeNanos);
        }
    }

    /// <summary>Says to readers that the run has ended in good order.</summary>
    public void Close()
    {
        foreach (FeedPublisher feed in _feeds) feed.Close();
        _combined?.Close();
    }

    public void Dispose()
    {
        foreach (FeedPublisher feed in _feeds) feed.Dispose();
        _combined?.Dispose();
    }

    private FeedPublisher Of(in MarketSection head)
    {
        int index = _indexes[head.Underlying];
        if (head.Members <= 1) return _feeds[index];
        _basis = index;
        return _combined ??= Create($"{_name}.{Combined}", _combinedRoom!.Value);
    }

    private FeedPublisher Create(string name, SnapshotRoom room) => FeedPublisher.Create(_directory, name, room.Strikes, room.Expiries);

    /// <summary>A symbol as part of a feed's name, which knows letters, digits, dot, line and low line only.</summary>
    private static string FileName(Ascii8 symbol) =>
        string.Concat(symbol.ToString().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_'));
}
