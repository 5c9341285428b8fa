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
    private readonly int _strikeCapacity;
    private readonly int _expiryCapacity;
    private readonly Ascii8[] _symbols;
    private readonly FeedPublisher[] _feeds;
    private FeedPublisher? _combined;

    /// <param name="directory">Where feeds lie.</param>
    /// <param name="name">Name that the user gave.</param>
    /// <param name="symbols">Underlyings, each symbol once.</param>
    /// <param name="strikeCapacity">Strikes of the largest snapshot.</param>
    /// <param name="expiryCapacity">Expiries of the largest snapshot.</param>
    public MarketFeeds(string directory, string name, IReadOnlyList<Ascii8> symbols, int strikeCapacity, int expiryCapacity)
    {
        (_directory, _name, _strikeCapacity, _expiryCapacity) = (directory, name, strikeCapacity, expiryCapacity);
        _symbols = [.. symbols];
        var feeds = new List<FeedPublisher>();
        try
        {
            foreach (Ascii8 symbol in _symbols) feeds.Add(Create(_symbols.Length == 1 ? name : $"{name}.{FileName(symbol)}"));
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

    public void Publish(
        ReadOnlySpan<byte> marketSection, in MarketSection head, in Ledger ledger, double ticksPerSecond, in RecorderStatus recording,
        in IngestSection ingest = default) =>
        Of(in head).Publish(
            marketSection, in ledger, ticksPerSecond, recording.State, (ulong)recording.Recorded, (ulong)recording.Dropped, in ingest);

    public void PublishHeadline(in HeadlineSection headline, in Ledger ledger, in IngestSection ingest = default) =>
        _feeds[Math.Max(Array.IndexOf(_symbols, headline.Underlying), 0)].PublishHeadline(in headline, in ledger, in ingest);

    public void Heartbeat(ulong eventSequence, long eventTimeNanos)
    {
        foreach (FeedPublisher feed in _feeds) feed.Heartbeat(eventSequence, eventTimeNanos);
        _combined?.Heartbeat(eventSequence, eventTimeNanos);
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
        if (head.Members > 1) return _combined ??= Create($"{_name}.{Combined}");
        int index = Array.IndexOf(_symbols, head.Underlying);
        return _feeds[Math.Max(index, 0)];
    }

    private FeedPublisher Create(string name) => FeedPublisher.Create(_directory, name, _strikeCapacity, _expiryCapacity);

    /// <summary>A symbol as part of a feed's name, which knows letters, digits, dot, line and low line only.</summary>
    private static string FileName(Ascii8 symbol) =>
        string.Concat(symbol.ToString().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_'));
}
