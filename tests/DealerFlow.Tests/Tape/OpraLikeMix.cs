using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>
/// A market of SPX-like option messages for size and speed figures: contracts with Zipf(1) activity, 22 % of the messages change the
/// national best price, 75 % repeat it with new sizes or lie a few steps off it, 2 % are trades, 1 % are prices of the index;
/// 18 venues, lognormal sizes, nanosecond times in bursts. Everything comes from a seed.
/// </summary>
internal sealed class OpraLikeMix
{
    public const int Venues = 18;

    private readonly SplitMix _random;
    private readonly double[] _cumulativeActivity;
    private readonly uint[] _idOfRank;
    private readonly Contract[] _contracts;
    private readonly bool _receiveDelays;
    private long _now = 1_795_186_200_000_000_000;      // 2026-11-20, 14:30 UTC
    private int _spot = 678_912;
    private int _burst;

    public OpraLikeMix(ulong seed = 1, int contracts = 10_000, bool receiveDelays = false)
    {
        _random = new SplitMix(seed);
        _receiveDelays = receiveDelays;
        _contracts = new Contract[contracts];
        Definitions = new InstrumentDefinition[contracts + 1];
        Definitions[0] = new InstrumentDefinition { Root = Ascii8.From("SPX"), Multiplier = 1, PriceDecimals = 2, Kind = InstrumentKind.Underlying };
        DefineContracts();
        (_cumulativeActivity, _idOfRank) = ShuffledZipf(contracts);
    }

    public InstrumentDefinition[] Definitions { get; }

    public Tick[] Next(int count)
    {
        var ticks = new Tick[count];
        for (int i = 0; i < count; i++) ticks[i] = Next();
        return ticks;
    }

    private Tick Next()
    {
        AdvanceClock();
        double kind = _random.NextUnit();
        if (kind < 0.01)
        {
            _spot += (int)Math.Round(12 * _random.NextNormal());
            return WithDelay(Tick.Spot(_now, 0, _spot));
        }
        uint id = PickContract();
        ref Contract contract = ref _contracts[id - 1];
        byte venue = (byte)(1 + (int)(Venues * Math.Pow(_random.NextUnit(), 1.3)));
        if (kind < 0.03)
        {
            bool buyer = _random.NextUnit() < 0.5;
            uint quantity = (uint)Math.Max(1, Math.Round(Math.Exp(1 + (1.1 * _random.NextNormal()))));
            TickFlags side = buyer ? TickFlags.HiddenBuyer : TickFlags.HiddenSeller;
            return WithDelay(Tick.Trade(_now, id, buyer ? contract.Ask : contract.Bid, quantity, venue, side));
        }
        return WithDelay(kind < 0.25 ? NationalBest(ref contract, id, venue) : OffBest(in contract, id, venue));
    }

    private Tick NationalBest(ref Contract contract, uint id, byte venue)
    {
        int move = (int)Math.Round(1.2 * _random.NextNormal()) * contract.Step;
        double which = _random.NextUnit();
        if (which < 0.6 || move == 0)
        {
            if (move == 0) move = contract.Step;
            if (which < 0.3) contract.Bid += move;
            else contract.Ask += move;
        }
        else
        {
            contract.Bid += move;
            contract.Ask += move;
        }
        contract.Bid = Math.Max(0, contract.Bid);
        if (contract.Ask <= contract.Bid) contract.Ask = contract.Bid + contract.Step;
        if (contract.Ask > contract.Bid + (12 * contract.Step)) contract.Ask -= 4 * contract.Step;
        return Tick.Quote(_now, id, contract.Bid, contract.Ask, Size(), Size(), venue, TickFlags.NationalBest);
    }

    private Tick OffBest(in Contract contract, uint id, byte venue)
    {
        double which = _random.NextUnit();      // half the venue quotes sit at the best on both sides and only change size
        int down = which < 0.5 || which > 0.85 ? 0 : OffBestSteps();
        int up = which < 0.7 ? 0 : OffBestSteps();
        int bid = Math.Max(0, contract.Bid - (down * contract.Step)), ask = contract.Ask + (up * contract.Step);
        return Tick.Quote(_now, id, bid, ask, Size(), Size(), venue, TickFlags.None);
    }

    private int OffBestSteps() => 1 + (int)(-1.4 * Math.Log(1 - _random.NextUnit()));

    private ushort Size() => (ushort)Math.Clamp(Math.Round(Math.Exp(3 + (1.0 * _random.NextNormal()))), 1, ushort.MaxValue);

    // Bursts of about 40 messages some 60 ns apart, then a gap: about one message per microsecond on average.
    private void AdvanceClock()
    {
        if (_burst-- > 0)
        {
            _now += (long)(-60 * Math.Log(1 - _random.NextUnit()));
            return;
        }
        _burst = (int)(-40 * Math.Log(1 - _random.NextUnit()));
        _now += (long)(-38_000 * Math.Log(1 - _random.NextUnit()));
    }

    private Tick WithDelay(Tick tick)
    {
        if (_receiveDelays) tick.ReceiveDelayNanos = (uint)(18_000 * Math.Exp(0.25 * _random.NextNormal()));
        return tick;
    }

    private uint PickContract()
    {
        int rank = Array.BinarySearch(_cumulativeActivity, _random.NextUnit());
        return _idOfRank[Math.Min(rank < 0 ? ~rank : rank, _idOfRank.Length - 1)];
    }

    // Twenty expiries of strikes around the spot; ids run by expiry, strike, right, as a definition file lists them.
    private void DefineContracts()
    {
        const int Expiries = 20;
        int strikes = (_contracts.Length + (2 * Expiries) - 1) / (2 * Expiries);
        for (int i = 0; i < _contracts.Length; i++)
        {
            int expiry = i / (2 * strikes), strike = i % (2 * strikes) / 2;
            bool call = i % 2 == 0;
            double distance = (strike - (strikes / 2)) * 5.0;
            double deviation = 25 * Math.Sqrt(1 + (3 * expiry));
            double value = (deviation * 0.4 * Math.Exp(-distance * distance / (2 * deviation * deviation))) + Math.Max(0, call ? -distance : distance);
            int step = value < 3 ? 5 : 10;
            int bid = (int)(value * 100 / step) * step;
            _contracts[i] = new Contract { Bid = bid, Ask = bid + (step * (1 + (int)(value / 20))), Step = step };
            Definitions[i + 1] = new InstrumentDefinition
            {
                InstrumentId = (uint)(i + 1),
                Root = Ascii8.From("SPXW"),
                StrikeMills = (long)((6789 + distance) * 1000),
                SettlementNanos = 1_795_208_400_000_000_000 + (expiry * UnixNanos.PerDay),
                ExpiryDate = 20_261_120 + expiry,
                Multiplier = 100,
                PriceDecimals = 2,
                Kind = call ? InstrumentKind.Call : InstrumentKind.Put,
                Settlement = SettlementKind.PM,
                TickMills = 50,
            };
        }
    }

    private (double[] Cumulative, uint[] IdOfRank) ShuffledZipf(int contracts)
    {
        var cumulative = new double[contracts];
        var ids = new uint[contracts];
        double sum = 0;
        for (int rank = 0; rank < contracts; rank++)
        {
            sum += 1.0 / (rank + 1);
            cumulative[rank] = sum;
            ids[rank] = (uint)(rank + 1);
        }
        for (int rank = 0; rank < contracts; rank++) cumulative[rank] /= sum;
        for (int i = contracts - 1; i > 0; i--)
        {
            int j = (int)(_random.NextBits() % (ulong)(i + 1));
            (ids[i], ids[j]) = (ids[j], ids[i]);
        }
        return (cumulative, ids);
    }

    private struct Contract
    {
        public int Bid;
        public int Ask;
        public int Step;
    }
}

/// <summary>Steele, Lea, Flood (2014), SplitMix64: the same numbers everywhere.</summary>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    public ulong NextBits()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>In [0, 1).</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());
}
