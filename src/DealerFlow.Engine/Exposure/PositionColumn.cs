using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Positions that are evaluated side by side over the same Greeks. Every position model is one of these columns with a sign for its
/// calls and one for its puts, because rounding to the grid knows no direction.
/// </summary>
internal enum PositionColumn
{
    /// <summary>Open interest: long calls, short puts.</summary>
    OpenInterest,

    /// <summary>The other side of the session's signed trades.</summary>
    Tape,

    /// <summary>Both together: added before they are rounded, so it is a column of its own.</summary>
    OpenInterestPlusTape,

    /// <summary>The other side of customers' positions from outside.</summary>
    OpenClose,
}

/// <summary>How a position model reads its column.</summary>
/// <param name="Column">The positions.</param>
/// <param name="CallSign">What the calls of the column are multiplied by.</param>
/// <param name="PutSign">What the puts of the column are multiplied by.</param>
internal readonly record struct ModelView(PositionColumn Column, int CallSign, int PutSign)
{
    public const int Columns = 4;

    public static readonly PositionModel[] Models =
    [
        PositionModel.OpenInterest, PositionModel.ShortBoth, PositionModel.Tape, PositionModel.OpenInterestPlusTape, PositionModel.OpenClose,
        PositionModel.Gross,
    ];

    /// <summary>Calls and puts keep the signs that they have to each other in the column.</summary>
    public bool IsAsStored => CallSign == PutSign;

    public static ModelView Of(PositionModel model) => model switch
    {
        PositionModel.OpenInterest => new(PositionColumn.OpenInterest, 1, 1),
        PositionModel.ShortBoth => new(PositionColumn.OpenInterest, -1, 1),
        PositionModel.Gross => new(PositionColumn.OpenInterest, 1, -1),
        PositionModel.Tape => new(PositionColumn.Tape, 1, 1),
        PositionModel.OpenInterestPlusTape => new(PositionColumn.OpenInterestPlusTape, 1, 1),
        PositionModel.OpenClose => new(PositionColumn.OpenClose, 1, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "There is no such position model."),
    };

    /// <summary>The model has long and short positions: regime and zero gamma mean something.</summary>
    public static bool HasSign(PositionModel model) => model != PositionModel.Gross;
}
