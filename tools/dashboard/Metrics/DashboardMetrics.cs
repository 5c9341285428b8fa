using System.Diagnostics.Metrics;
using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Dashboard;

/// <summary>What <c>/metrics</c> tells, each with the feed's name: the writer's own counts from the last snapshot, and this server's.</summary>
internal sealed class DashboardMetrics : IDisposable
{
    public const string MeterName = "DealerFlow";

    private static readonly string[] States = [.. Enum.GetNames<FeedState>(), FeedStatus.Unreadable];

    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _latency;

    public DashboardMetrics(Func<IReadOnlyList<FeedWatch>> watches)
    {
        _latency = _meter.CreateHistogram<double>(
            "dealerflow.publish.read.latency", "s", "From a publication to its copy in this process.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] });

        Counter("dealerflow.ticks", "Messages that came to the ring.", (in RuntimeSection run) => (long)run.Ledger.In);
        Gauge("dealerflow.ticks.rate", "Ticks per second since the start of the run.", (in RuntimeSection run) => run.TicksPerSecond);
        Several("dealerflow.messages", "Where every message went, by outcome.", isCounter: true, "outcome", (in RuntimeSection run, Action<string, double> add) =>
        {
            add("applied", run.Ledger.Applied);
            add("conflated", run.Ledger.Conflated);
            add("dropped", run.Ledger.Dropped);
            add("rejected", run.Ledger.RejectedTotal);
        });
        Several("dealerflow.messages.waiting", "Messages that wait, by where.", isCounter: false, "place", (in RuntimeSection run, Action<string, double> add) =>
        {
            add("ring", run.Ledger.Queued);
            add("definition", run.Ledger.Pending);
        });
        Several("dealerflow.applied", "Messages that took effect, by kind.", isCounter: true, "kind", (in RuntimeSection run, Action<string, double> add) =>
        {
            add("bestQuote", run.Ledger.BestQuotes);
            add("otherQuote", run.Ledger.OtherQuotes);
            add("trade", run.Ledger.Trades);
            add("cancel", run.Ledger.Cancels);
            add("spot", run.Ledger.Spots);
            add("openInterest", run.Ledger.OpenInterests);
            add("definition", run.Ledger.Definitions);
            add("notice", run.Ledger.Notices);
        });
        Several("dealerflow.rejected", "Messages refused, by reason.", isCounter: true, "reason", (in RuntimeSection run, Action<string, double> add) =>
        {
            foreach (Rejection reason in Enum.GetValues<Rejection>()) add(SnapshotNames.Of(reason), run.Ledger.Rejected[(int)reason]);
        });
        Several("dealerflow.ingest", "A live stream before the ring, by outcome; zeros for a replay.", isCounter: true, "outcome", (in RuntimeSection run, Action<string, double> add) =>
        {
            add("received", run.Ingest.Received);
            add("duplicate", run.Ingest.Duplicates);
            add("late", run.Ingest.Late);
            add("refused", run.Ingest.Refused);
            add("passedOver", run.Ingest.PassedOver);
            add("lost", run.Ingest.Lost);
        });
        Gauge("dealerflow.ingest.overload", "0 none, 1 conflating, 2 degraded, 3 dropping.", (in RuntimeSection run) => (double)run.Ingest.Overload);
        Several("dealerflow.latency.seconds", "From the ring into the numbers, by quantile: the upper end of its bucket.", isCounter: false, "quantile", (in RuntimeSection run, Action<string, double> add) =>
        {
            foreach ((string name, double share) in ((string, double)[])[("0.5", 0.5), ("0.99", 0.99), ("1", 1)]) add(name, run.Latency.Percentile(share) / 1e9);
        });
        Gauge("dealerflow.ledger.balances", "1 while nothing is lost and nothing counted twice.", (in RuntimeSection run) => run.Ledger.Balances ? 1 : 0);

        Look("dealerflow.publish.number", "Number of the last snapshot.", watch => watch.Status.PublishNumber);
        Look("dealerflow.publish.age", "Since the last publication.", watch => watch.Status.AgeNanos / 1e9, "s");
        Look("dealerflow.heartbeat.age", "Since the writer's last sign of life.", watch => watch.Status.HeartbeatAgeNanos / 1e9, "s");
        Look("dealerflow.dashboard.clients", "Streams of events now.", watch => watch.Clients.Count);
        Count("dealerflow.dashboard.conflated", "Events that some client did not get because it was slower than the feed.", watch => watch.Clients.Conflated);
        Count("dealerflow.dashboard.disconnects", "Clients whose connection was cut because they took nothing any more.", watch => watch.Clients.LetGo);
        Count("dealerflow.dashboard.history.dropped", "Rows of the history that were not kept because the disk did not follow.", watch => watch.History?.Dropped ?? 0);
        _meter.CreateObservableGauge("dealerflow.feed.state", () => watches().SelectMany(watch => States.Select(state =>
            new Measurement<int>(watch.Status.State == state ? 1 : 0, Feed(watch), new KeyValuePair<string, object?>("state", state)))), null, "1 at the state of the feed, 0 at the others.");

        void Counter(string name, string description, Value value) => _meter.CreateObservableCounter(name, () => Read(value), null, description);
        void Gauge(string name, string description, Value value) => _meter.CreateObservableGauge(name, () => Read(value), null, description);
        void Look(string name, string description, Func<FeedWatch, double?> value, string? unit = null) => _meter.CreateObservableGauge(name, () => From(value), unit, description);
        void Count(string name, string description, Func<FeedWatch, double?> value) => _meter.CreateObservableCounter(name, () => From(value), null, description);

        void Several(string name, string description, bool isCounter, string tag, Values values)
        {
            if (isCounter) _meter.CreateObservableCounter(name, () => ReadAll(tag, values), null, description);
            else _meter.CreateObservableGauge(name, () => ReadAll(tag, values), null, description);
        }

        IEnumerable<Measurement<double>> From(Func<FeedWatch, double?> value)
        {
            foreach (FeedWatch watch in watches())
                if (value(watch) is { } number) yield return new Measurement<double>(number, Feed(watch));
        }

        IEnumerable<Measurement<double>> Read(Value value)
        {
            foreach (FeedWatch watch in watches())
                if (watch.TryGetRuntime(out RuntimeSection run)) yield return new Measurement<double>(value(in run), Feed(watch));
        }

        IEnumerable<Measurement<double>> ReadAll(string tag, Values values)
        {
            var all = new List<Measurement<double>>();
            foreach (FeedWatch watch in watches())
                if (watch.TryGetRuntime(out RuntimeSection run)) values(in run, (name, number) => all.Add(new Measurement<double>(number, Feed(watch), new KeyValuePair<string, object?>(tag, name))));
            return all;
        }
    }

    private delegate double Value(in RuntimeSection run);

    private delegate void Values(in RuntimeSection run, Action<string, double> add);

    public void AddLatency(string feed, long nanos)
    {
        if (nanos >= 0) _latency.Record(nanos / 1e9, new KeyValuePair<string, object?>("feed", feed));
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Feed(FeedWatch watch) => new("feed", watch.Feed);
}
