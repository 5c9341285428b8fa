using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>What every published section has to satisfy: it is the book, its rows add up to its totals, and every number in it is one.</summary>
internal static class SectionRules
{
    private static readonly int[] HeadDoubles = [.. DoublesOf(typeof(MarketSection))];
    private static readonly int[] StrikeDoubles = [.. DoublesOf(typeof(StrikeRow))];
    private static readonly int[] ExpiryDoubles = [.. DoublesOf(typeof(ExpiryRow))];

    public static int DoublesOfHead => HeadDoubles.Length;

    public static void Check(ReadOnlySpan<byte> section, UnderlyingCalculation underlying, EngineOptions options)
    {
        if (!MarketView.TryOpen(section, out MarketView view)) throw new InvalidOperationException("the counts of a section do not fit its bytes");
        CheckFinite(section, view);
        CheckTotals(view, underlying);
        CheckRows(view, options);
        CheckFlows(in view.Head);
        StatefulRun.Same(0ul, view.Head.NonFiniteContributions, "contributions that are not finite");
    }

    private static void CheckFinite(ReadOnlySpan<byte> section, MarketView view)
    {
        CheckFinite(section, HeadDoubles, "the head");
        for (int i = 0; i < view.Strikes.Length; i++) CheckFinite(MemoryMarshal.AsBytes(view.Strikes.Slice(i, 1)), StrikeDoubles, "a strike");
        for (int i = 0; i < view.Expiries.Length; i++) CheckFinite(MemoryMarshal.AsBytes(view.Expiries.Slice(i, 1)), ExpiryDoubles, "an expiry");
    }

    private static void CheckFinite(ReadOnlySpan<byte> bytes, int[] offsets, string where)
    {
        foreach (int offset in offsets)
        {
            double value = MemoryMarshal.Read<double>(bytes[offset..]);
            if (!double.IsFinite(value)) throw new InvalidOperationException($"the double at offset {offset} of {where} is {value}.");
        }
    }

    private static void CheckTotals(MarketView view, UnderlyingCalculation underlying)
    {
        NodeTable nodes = underlying.Nodes;
        foreach (PositionModel model in ModelView.Models)
        {
            ModelView asRead = nodes.Weights.View(model);
            foreach (ExposureBucket bucket in Enum.GetValues<ExposureBucket>())
            {
                ExposureTotals totals = default;
                foreach (ExpirySegment segment in nodes.Segments)
                {
                    bool isIn = bucket == ExposureBucket.All || segment.IsZeroDte == (bucket == ExposureBucket.ZeroDte);
                    if (isIn) totals += underlying.Book.Expiry(asRead.Column, segment.Index).Of(asRead);
                }
                BucketSection written = view.Head.Models[(int)model].Buckets[(int)bucket];
                StatefulRun.Same(
                    (totals.NetGex, totals.CallGex, totals.PutGex, totals.GrossGex, totals.Dex, totals.Vex, totals.Chex),
                    (written.NetGex, written.CallGex, written.PutGex, written.GrossGex, written.Dex, written.Vex, written.Chex), $"{model}, {bucket}");
                if (Int128.Abs(totals.NetGex) > totals.GrossGex) throw new InvalidOperationException($"{model}, {bucket}: more net than gross");
            }
        }
    }

    private static void CheckRows(MarketView view, EngineOptions options)
    {
        BucketSection all = view.Head.Models[(int)options.Model].Buckets[(int)ExposureBucket.All];
        BucketSection zeroDte = view.Head.Models[(int)options.Model].Buckets[(int)ExposureBucket.ZeroDte];
        Int128 call = 0, put = 0, dex = 0, vex = 0, chex = 0, zeroDteCall = 0, zeroDtePut = 0, callOpen = 0, putOpen = 0, flow = 0, charm = 0;
        var models = new Int128[PositionModels.Count];
        double before = double.NegativeInfinity;
        foreach (ref readonly StrikeRow row in view.Strikes)
        {
            if (row.Strike <= before) throw new InvalidOperationException("strikes do not ascend");
            before = row.Strike;
            (call, put, dex, vex, chex) = (call + row.CallGex, put + row.PutGex, dex + row.Dex, vex + row.Vex, chex + row.Chex);
            (zeroDteCall, zeroDtePut) = (zeroDteCall + row.ZeroDteCallGex, zeroDtePut + row.ZeroDtePutGex);
            (callOpen, putOpen, flow, charm) = (callOpen + row.CallOpenInterest, putOpen + row.PutOpenInterest, flow + row.TradeFlow, charm + row.CharmToClose);
            for (int model = 0; model < models.Length; model++) models[model] += row.ModelNetGex[model];
        }
        StatefulRun.Same((all.CallGex, all.PutGex, all.Dex, all.Vex, all.Chex), (call, put, dex, vex, chex), "sum over strikes");
        StatefulRun.Same((zeroDte.CallGex, zeroDte.PutGex), (zeroDteCall, zeroDtePut), "0DTE sum over strikes");
        CheckModels(view, models, "strikes");

        var ofExpiries = new Sums();
        Array.Clear(models);
        Int128 open = 0, nodes = 0;
        long settles = long.MinValue;
        foreach (ref readonly ExpiryRow row in view.Expiries)
        {
            if (row.SettlementNanos < settles) throw new InvalidOperationException("expiries do not ascend");
            if (row.SettlementNanos <= view.Head.MarkTimeNanos) throw new InvalidOperationException("an expiry that has settled has a row");
            settles = row.SettlementNanos;
            ofExpiries += new Sums(row.NetGex, row.CallGex, row.PutGex, row.GrossGex, row.Dex, row.Vex, row.Chex, row.CharmToClose, row.TradeFlow);
            (open, nodes) = (open + row.OpenInterest, nodes + row.Nodes);
            for (int model = 0; model < models.Length; model++) models[model] += row.ModelNetGex[model];
        }
        StatefulRun.Same(new Sums(all.NetGex, all.CallGex, all.PutGex, all.GrossGex, all.Dex, all.Vex, all.Chex, charm, flow), ofExpiries, "sum over expiries");
        StatefulRun.Same(callOpen + putOpen, open, "open interest over expiries and over strikes");
        StatefulRun.Same((Int128)view.Head.Nodes, nodes, "nodes over expiries");
        CheckModels(view, models, "expiries");

        var ofRoots = new Sums();
        Array.Clear(models);
        for (int i = 0; i < view.Head.RootCount; i++)
        {
            RootRow row = view.Head.Roots[i];
            ofRoots += new Sums(row.NetGex, row.CallGex, row.PutGex, row.GrossGex, row.Dex, row.Vex, row.Chex, row.CharmToClose, row.TradeFlow);
            for (int model = 0; model < models.Length; model++) models[model] += row.ModelNetGex[model];
        }
        StatefulRun.Same(ofExpiries, ofRoots, "sum over roots");
        CheckModels(view, models, "roots");
        if (view.Head.Outlook.MarkTimeNanos == view.Head.MarkTimeNanos) StatefulRun.Same((Int128)all.CharmToClose, charm, "charm to close over strikes");
    }

    private static void CheckModels(MarketView view, Int128[] sums, string over)
    {
        for (int model = 0; model < sums.Length; model++)
        {
            long total = view.Head.Models[model].Buckets[(int)ExposureBucket.All].NetGex;
            StatefulRun.Same((Int128)total, sums[model], $"net of {(PositionModel)model} over {over}");
        }
    }

    private static void CheckFlows(ref readonly MarketSection head)
    {
        for (int model = 0; model < PositionModels.Count; model++)
        {
            for (int scenario = 0; scenario < HedgeScenarios.Count; scenario++)
            {
                Int128 all = 0, parts = 0;
                foreach (ExposureBucket bucket in Enum.GetValues<ExposureBucket>())
                {
                    FlowRow row = head.Outlook.Flows[model][bucket, (HedgeScenario)scenario];
                    StatefulRun.Same((Int128)row.Flow, (Int128)row.Gamma + row.Vanna + row.Charm + row.Residual, $"parts of {(HedgeScenario)scenario}");
                    if (bucket == ExposureBucket.All) all = row.Flow;
                    else parts += row.Flow;
                }
                StatefulRun.Same(all, parts, $"buckets of {(HedgeScenario)scenario}");
            }
        }
    }

    /// <summary>Offsets of every double in a wire struct, those in inline arrays and in structs of structs included.</summary>
    private static IEnumerable<int> DoublesOf(Type type, int at = 0)
    {
        if (type == typeof(double)) return [at];
        if (type.IsPrimitive || type.IsEnum) return [];
        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } array)
            return Enumerable.Range(0, array.Length).SelectMany(i => DoublesOf(fields[0].FieldType, at + (i * SizeOf(fields[0].FieldType))));
        return fields.SelectMany(field => DoublesOf(field.FieldType, at + (field.GetCustomAttribute<FieldOffsetAttribute>()?.Value ?? 0)));
    }

    private static int SizeOf(Type type) => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private record struct Sums(
        Int128 Net, Int128 Call, Int128 Put, Int128 Gross, Int128 Dex, Int128 Vex, Int128 Chex, Int128 CharmToClose, Int128 TradeFlow)
    {
        public void operator +=(in Sums other) => this = new Sums(
            Net + other.Net, Call + other.Call, Put + other.Put, Gross + other.Gross, Dex + other.Dex, Vex + other.Vex, Chex + other.Chex,
            CharmToClose + other.CharmToClose, TradeFlow + other.TradeFlow);
    }
}
