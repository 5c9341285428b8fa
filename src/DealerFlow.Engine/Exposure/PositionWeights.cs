using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Dealers' signed position per node, one column for each <see cref="PositionColumn"/>: multiplier times contracts, + = dealers long.</summary>
internal sealed class PositionWeights
{
    private readonly int _length;

    public readonly double[][] Call = new double[ModelView.Columns][];
    public readonly double[][] Put = new double[ModelView.Columns][];

    /// <summary>Call + put, the columns one after the other: what call and put share (gamma) is weighted with.</summary>
    public readonly double[] Net;

    public PositionWeights(NodeTable nodes)
    {
        _length = nodes.Length;
        Net = new double[ModelView.Columns * nodes.Length];
        for (int column = 0; column < ModelView.Columns; column++)
        {
            Call[column] = nodes.AddColumn(0.0);
            Put[column] = nodes.AddColumn(0.0);
            nodes.AddColumn(Net, column * nodes.Length, 0.0);
        }
    }

    /// <summary>Columns that may hold anything but zeros; the others are told apart once and cost nothing.</summary>
    public bool HasTape { get; set; }

    /// <summary>Positions from outside were given.</summary>
    public bool HasOutside { get; set; }

    public bool IsLive(PositionColumn column) => column switch
    {
        PositionColumn.OpenInterest => true,
        PositionColumn.OpenClose => HasOutside,
        _ => HasTape,
    };

    /// <summary>How a model reads its column now: without any trade open interest plus tape is open interest alone.</summary>
    public ModelView View(PositionModel model) =>
        model == PositionModel.OpenInterestPlusTape && !HasTape ? ModelView.Of(PositionModel.OpenInterest) : ModelView.Of(model);

    public ReadOnlySpan<double> NetOf(PositionColumn column) => Net.AsSpan((int)column * _length, _length);

    /// <summary>Takes over the positions of another table of the same room.</summary>
    public void CopyFrom(PositionWeights other)
    {
        for (int column = 0; column < ModelView.Columns; column++)
        {
            // Of a column that holds nothing, here or there, nothing is read.
            if (!other.IsLive((PositionColumn)column) && !IsLive((PositionColumn)column)) continue;
            other.Call[column].CopyTo(Call[column], 0);
            other.Put[column].CopyTo(Put[column], 0);
            other.NetOf((PositionColumn)column).CopyTo(Net.AsSpan(column * _length));
        }
        (HasTape, HasOutside) = (other.HasTape, other.HasOutside);
    }

    /// <summary>Sets the weights of a node from what is known of its positions.</summary>
    public void Set(NodeTable nodes, int node)
    {
        NodeSideColumns calls = nodes.Calls, puts = nodes.Puts;
        double callMultiplier = calls.Multiplier[node], putMultiplier = puts.Multiplier[node];
        double openCalls = calls.OpenInterest[node], openPuts = -(double)puts.OpenInterest[node];
        Set(PositionColumn.OpenInterest, node, openCalls * callMultiplier, openPuts * putMultiplier);
        Set(PositionColumn.Tape, node, calls.Tape[node] * callMultiplier, puts.Tape[node] * putMultiplier);
        Set(PositionColumn.OpenInterestPlusTape, node, (openCalls + calls.Tape[node]) * callMultiplier, (openPuts + puts.Tape[node]) * putMultiplier);
        Set(PositionColumn.OpenClose, node, calls.Outside[node] * callMultiplier, puts.Outside[node] * putMultiplier);
    }

    private void Set(PositionColumn column, int node, double call, double put)
    {
        Call[(int)column][node] = call;
        Put[(int)column][node] = put;
        Net[((int)column * _length) + node] = call + put;
    }
}
