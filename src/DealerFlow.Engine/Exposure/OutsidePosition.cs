namespace DealerFlow.Engine;

/// <summary>Dealers' position in one contract as somebody outside knows it.</summary>
/// <param name="InstrumentId">The contract.</param>
/// <param name="DealerContracts">Signed contracts, + = dealers long: the opposite of what customers hold.</param>
public readonly record struct OutsidePosition(uint InstrumentId, long DealerContracts);
