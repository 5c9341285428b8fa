using DealerFlow.Cli.Output;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>The progress line of a live run: how much came, what is lost, and the levels.</summary>
internal sealed class LiveProgress : IDisposable
{
    private readonly SnapshotCollector _collector;
    private readonly Ascii8 _symbol;
    private readonly Func<double> _elapsedSeconds;
    private readonly ProgressLine _line;
    private byte[] _bytes = [];

    public LiveProgress(SnapshotCollector collector, Ascii8 symbol, Func<double> elapsedSeconds)
    {
        _symbol = symbol;
        _collector = collector;
        _elapsedSeconds = elapsedSeconds;
        _line = new ProgressLine(Line);
    }

    public void Dispose() => _line.Dispose();

    private string? Line()
    {
        IngestSection ingest = _collector.Ingest!();
        string came = $"{ingest.Received:#,0} messages, {ingest.Received / Math.Max(_elapsedSeconds(), 1e-9):#,0}/s";
        string lost = ingest.Lost == 0 ? "" : $", {ingest.Lost:#,0} lost";
        string overload = ingest.Overload == OverloadState.None ? "" : $", {ingest.Overload}";
        string levels = _collector.TryCopyLast(_symbol, ref _bytes, out int length) && MarketView.TryOpen(_bytes.AsSpan(0, length), out MarketView market)
            ? "  " + ReplayProgress.Levels(in market.Head)
            : "  no snapshot yet";
        return came + lost + overload + levels;
    }
}
