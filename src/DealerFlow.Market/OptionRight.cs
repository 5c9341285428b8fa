namespace DealerFlow.Market;

/// <summary>The right that an option gives; the value is the letter in an OSI symbol.</summary>
public enum OptionRight : byte
{
    /// <summary>To buy.</summary>
    Call = (byte)'C',

    /// <summary>To sell.</summary>
    Put = (byte)'P',
}
