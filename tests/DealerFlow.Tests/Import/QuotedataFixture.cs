namespace DealerFlow.Tests;

/// <summary>Small chains in the layout that the exchange's site writes; prices are invented.</summary>
internal static class QuotedataFixture
{
    public const string NameLine = "S&P 500 INDEX,Last: 4697.2402,Change:  8.5602";
    public const string DateLine = "\"Date: January 7, 2024 at 10:52 AM EST\",Bid: 4645.23,Ask: 4753.8999,Size: 1*1,\"Volume: 1,234,567\"";

    public const string Columns =
        "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,"
        + "Puts,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest";

    public const string ColumnsWithoutGreeks =
        "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,Open Interest,Strike,Puts,Last Sale,Net,Bid,Ask,Volume,Open Interest";

    public const string Row4700 =
        "Fri Jan 19 2024,SPXW240119C04700000,50.25,-1.1,49.8,50.3,120,0.1234,0.5012,0.0031,1500,4700.00,"
        + "SPXW240119P04700000,48.05,0.025,47.9,48.4,80,0.1244,-0.4988,0.0031,2500";

    public const string Row4800 =
        "Fri Jan 19 2024,SPX240119C04800000,10.15,0,10,10.4,3,0.1134,0.1812,0.0019,42,4800.00,"
        + "SPX240119P04800000,108.1,0,107.5,109.6,0,0,-0.8188,0.0019,7";

    /// <summary>A chain of two rows as the site writes it.</summary>
    public static string Text => With(Row4700, Row4800);

    /// <summary>A chain of these rows under a whole header.</summary>
    public static string With(params string[] rows) => Lines(["", NameLine, DateLine, Columns, .. rows]);

    /// <summary>These lines, each ended by a line feed.</summary>
    public static string Lines(params string[] lines) => string.Concat(lines.Select(line => line + "\n"));

    /// <summary>Line of the first row in <see cref="With"/>.</summary>
    public const int FirstRow = 5;
}
