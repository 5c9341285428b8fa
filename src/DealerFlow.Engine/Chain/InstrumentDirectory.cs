using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>What an instrument id is to this engine.</summary>
internal enum ContractRole : byte
{
    Unknown,
    /// <summary>Unknown, for the calculation that carries its underlying had no room for it or refused it.</summary>
    Refused,
    /// <summary>Of an underlying that nobody carries.</summary>
    OtherUnderlying,
    /// <summary>Of an underlying that another calculation of the same stream carries.</summary>
    Elsewhere,
    Underlying,
    Adjusted,
    Call,
    Put,
}

/// <summary>An instrument's role, whose it is, and for a contract its node.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Underlying">Index of its underlying among those that the engine carries.</param>
/// <param name="Node">Its node in that underlying's table.</param>
/// <param name="IsOpen">Its quotes need no closer look: a contract of which it is known that it had not settled at the last mark, or a foreign one.</param>
[StructLayout(LayoutKind.Auto)]      // eight bytes: a market of 1.5 million contracts is 12 MB
internal readonly record struct InstrumentSlot(ContractRole Role, ushort Underlying, int Node, bool IsOpen = false)
{
    /// <summary>Nobody has defined it.</summary>
    public bool IsUnknown => Role is ContractRole.Unknown or ContractRole.Refused;

    /// <summary>An underlying, or a contract of one, that this calculation does not carry.</summary>
    public bool IsForeign => Role is ContractRole.OtherUnderlying or ContractRole.Elsewhere;
}

/// <summary>From the ids that ticks carry to nodes.</summary>
internal sealed class InstrumentDirectory
{
    // Ids beyond the dense table, at most so many: definitions that come later may bring any id.
    private const int SparseCapacity = 1 << 20;

    private readonly InstrumentSlot[] _dense;
    private readonly Dictionary<uint, InstrumentSlot> _sparse = [];

    public InstrumentDirectory(ReadOnlySpan<InstrumentDefinition> definitions, int roomForLater)
    {
        uint greatestId = 0;
        foreach (ref readonly InstrumentDefinition definition in definitions) greatestId = Math.Max(greatestId, definition.InstrumentId);
        // Dense ids are an array look-up; wild ones pay for a dictionary.
        _dense = new InstrumentSlot[Math.Min(greatestId + 1L + roomForLater, (4L * definitions.Length) + 1024 + roomForLater)];
        _sparse.EnsureCapacity(Math.Min(roomForLater, SparseCapacity));
    }

    /// <summary>Ids below it are a look-up; the hot loop looks at nothing else.</summary>
    public ReadOnlySpan<InstrumentSlot> Dense => _dense;

    public InstrumentSlot this[uint instrumentId] =>
        instrumentId < (uint)_dense.Length ? _dense[instrumentId] : _sparse.GetValueOrDefault(instrumentId);

    /// <summary>Gives an id its meaning; false when there is no room for one more.</summary>
    public bool TrySet(uint instrumentId, InstrumentSlot slot)
    {
        if (instrumentId < (uint)_dense.Length)
        {
            _dense[instrumentId] = slot;
            return true;
        }
        if (_sparse.Count >= SparseCapacity && !_sparse.ContainsKey(instrumentId)) return false;
        _sparse[instrumentId] = slot;
        return true;
    }
}

/// <summary>What a definition has to satisfy before it may enter a table.</summary>
internal static class DefinitionRules
{
    /// <summary>What is wrong with a definition, or null.</summary>
    public static string? Complaint(in InstrumentDefinition definition) =>
        definition.PriceDecimals > PriceScale.MaxDecimals ? $"{definition.PriceDecimals} price decimals"
        : definition.Kind is not (InstrumentKind.Underlying or InstrumentKind.Call or InstrumentKind.Put) ? $"kind {(byte)definition.Kind}"
        : definition.Kind == InstrumentKind.Underlying ? null
        : definition.StrikeMills <= 0 ? $"strike {definition.Strike}"
        : !IsDate(definition.ExpiryDate) ? $"expiry date {definition.ExpiryDate}"
        : definition.Multiplier == 0 ? "a multiplier of zero"
        : definition.SettlementNanos <= 0 ? "no settlement instant"
        : definition.SettlementNanos > MarkClock.LatestNanos ? "a settlement instant beyond the year 2261"
        : null;

    public static void Check(in InstrumentDefinition definition)
    {
        if (Complaint(in definition) is { } complaint) Throw.Bad(in definition, complaint);
    }

    public static NodeKey KeyOf(in InstrumentDefinition definition) => new(
        definition.Root, definition.ExpiryDate, definition.Settlement, definition.SettlementNanos, definition.Exercise, definition.StrikeMills);

    /// <summary>Whether it has a place in the node table: an option with an ordinary deliverable.</summary>
    public static bool IsNode(in InstrumentDefinition definition) =>
        definition.Kind != InstrumentKind.Underlying && (definition.Flags & InstrumentFlags.Adjusted) == 0;

    private static bool IsDate(int yyyymmdd)
    {
        (int year, int month, int day) = (yyyymmdd / 10000, yyyymmdd / 100 % 100, yyyymmdd % 100);
        return year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void Bad(in InstrumentDefinition definition, string what) => throw new ArgumentException(
            $"The definition of instrument id {definition.InstrumentId} ({definition.Root} {definition.ExpiryDate}) has {what}.");
    }
}
