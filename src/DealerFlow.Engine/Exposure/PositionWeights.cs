using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Dealers' signed position per node under one model: multiplier times contracts, + = dealers long.</summary>
internal static class PositionWeights
{
    /// <summary>Sets the weights of a node from its open interest.</summary>
    public static void Set(NodeTable nodes, int node, PositionModel model)
    {
        double calls = (double)nodes.Calls.OpenInterest[node] * nodes.Calls.Multiplier[node];
        double puts = (double)nodes.Puts.OpenInterest[node] * nodes.Puts.Multiplier[node];
        (nodes.CallWeight[node], nodes.PutWeight[node]) = model switch
        {
            PositionModel.OpenInterest => (calls, -puts),
            PositionModel.ShortBoth => (-calls, -puts),
            PositionModel.Gross => (calls, puts),
            _ => throw new ArgumentOutOfRangeException(nameof(model), model, "This position model needs trades or positions from outside."),
        };
        nodes.NetWeight[node] = nodes.CallWeight[node] + nodes.PutWeight[node];
    }
}
