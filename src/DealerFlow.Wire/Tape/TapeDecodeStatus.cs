namespace DealerFlow.Wire;

/// <summary>What became of decoding a tick block's payload.</summary>
public enum TapeDecodeStatus
{
    /// <summary>Every tick is there.</summary>
    Ok = 0,

    /// <summary>The destination cannot take the block's ticks, or the decoder was made for smaller blocks.</summary>
    DestinationTooSmall,

    /// <summary>The head contradicts itself, its tick count or the bytes that are there.</summary>
    BadHead,

    /// <summary>A column ends early, says an impossible width or goes on after its last value.</summary>
    BadColumn,

    /// <summary>A column names an instrument, step, move, venue or size that does not exist.</summary>
    BadReference,
}
