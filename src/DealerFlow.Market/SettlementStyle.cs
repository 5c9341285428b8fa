namespace DealerFlow.Market;

/// <summary>When a contract settles on its expiry date. The numbers are those of <c>SettlementKind</c> on the wire.</summary>
public enum SettlementStyle : byte
{
    /// <summary>At the open, 09:30 New York; last traded the business day before.</summary>
    AM = 1,

    /// <summary>At the close: 16:00 New York, 13:00 on early closes.</summary>
    PM = 2,

    /// <summary>08:00 UTC, as crypto options do.</summary>
    Utc0800 = 3,
}
