namespace DealerFlow.Import;

/// <summary>
/// Kinds of records that are told apart; the byte is called rtype in the vendor's description. Others are passed over by their length.
/// </summary>
internal enum DbnKind : byte
{
    /// <summary>A print.</summary>
    Trade = 0x00,

    /// <summary>A publisher's best bid and ask after an update, or before a print (mbp-1, tbbo).</summary>
    Mbp1 = 0x01,

    /// <summary>What an instrument is.</summary>
    Definition = 0x13,

    /// <summary>The source reports a failure.</summary>
    Error = 0x15,

    /// <summary>Which instrument an id stands for, in live captures.</summary>
    SymbolMapping = 0x16,

    /// <summary>Heartbeats and other words of the transport.</summary>
    System = 0x17,

    /// <summary>A number of the day: open interest and others.</summary>
    Statistics = 0x18,

    /// <summary>The consolidated best bid and ask after an update, or at a print.</summary>
    Cmbp1 = 0xB1,

    /// <summary>The consolidated best bid and ask at the end of a second.</summary>
    Cbbo1s = 0xC0,

    /// <summary>The consolidated best bid and ask at the end of a minute.</summary>
    Cbbo1m = 0xC1,

    /// <summary>A print and the consolidated best bid and ask before it.</summary>
    Tcbbo = 0xC2,

    /// <summary>A publisher's best bid and ask at the end of a second.</summary>
    Bbo1s = 0xC3,

    /// <summary>A publisher's best bid and ask at the end of a minute.</summary>
    Bbo1m = 0xC4,
}
