using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Rows of option roots: the sums of their expiries' rows, to the last unit.</summary>
internal static class RootRowSums
{
    /// <summary>Adds an expiry to the row of its root; roots beyond those that fit have none.</summary>
    public static void Add(ref MarketSection head, in ExpiryRow expiry)
    {
        int index = 0;
        while (index < head.RootCount && index < MarketSection.RootCapacity && head.Roots[index].Root != expiry.Root) index++;
        if (index == MarketSection.RootCapacity) return;
        if (index == head.RootCount)
        {
            head.RootCount++;
            head.Roots[index].Root = expiry.Root;
        }
        ref RootRow row = ref head.Roots[index];
        row.NetGex += expiry.NetGex;
        row.CallGex += expiry.CallGex;
        row.PutGex += expiry.PutGex;
        row.GrossGex += expiry.GrossGex;
        row.Dex += expiry.Dex;
        row.Vex += expiry.Vex;
        row.Chex += expiry.Chex;
        row.CharmToClose += expiry.CharmToClose;
        row.TradeFlow += expiry.TradeFlow;
        for (int model = 0; model < PositionModels.Count; model++) row.ModelNetGex[model] += expiry.ModelNetGex[model];
    }
}
