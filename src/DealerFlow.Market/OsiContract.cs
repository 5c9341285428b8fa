namespace DealerFlow.Market;

/// <summary>What an OSI symbol says: root, expiry date, right and strike. Nothing about settlement; see <see cref="RootTable"/>.</summary>
/// <param name="Root">1 to 6 characters, A-Z and 0-9: <c>SPXW</c>. Part of the identity: SPX and SPXW differ on one date.</param>
/// <param name="Expiry">Expiry date in the exchange's zone, 2000 to 2099.</param>
/// <param name="Right">Call or put.</param>
/// <param name="StrikeMills">Strike in thousandths of the currency, 1 to 99,999,999.</param>
public readonly record struct OsiContract(string Root, DateOnly Expiry, OptionRight Right, long StrikeMills)
{
    /// <summary>Strike in currency.</summary>
    public double Strike => StrikeMills / 1000.0;

    /// <summary>The compact symbol: <c>SPXW240105C01200000</c>.</summary>
    public override string ToString() => OsiSymbol.Format(this);
}
