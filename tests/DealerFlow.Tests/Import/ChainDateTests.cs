using DealerFlow.Import;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class ChainDateTests
{
    // As real files have them.
    [Theory]
    [InlineData("January 7, 2024 at 10:52 AM EST", "2024-01-07T15:52")]
    [InlineData("July 12, 2022, 11:55 AM EDT", "2022-07-12T15:55")]
    [InlineData("February 5 2022, 8:09 PM EST", "2022-02-06T01:09")]
    [InlineData("July 9, 2022 at 5:28 p.m. EDT", "2022-07-09T21:28")]
    [InlineData("23 de marzo de 2022, 10:11 GMT-4", "2022-03-23T14:11")]
    [InlineData("9 June 2023, 1:40 PM EDT", "2023-06-09T17:40")]
    [InlineData("24 September 2023,1:46 PM EDT", "2023-09-24T17:46")]
    // And what browsers make of the same.
    [InlineData("January 7, 2024 at 10:52\u202FAM EST", "2024-01-07T15:52")]
    [InlineData("Jan 7, 2024, 10:52 AM EST", "2024-01-07T15:52")]
    [InlineData("7 de enero de 2024, 10:52 a. m. GMT-5", "2024-01-07T15:52")]
    [InlineData("7 setiembre 2023, 22:52 GMT+5:30", "2023-09-07T17:22")]
    [InlineData("January 7, 2024 at 12:05 AM EST", "2024-01-07T05:05")]
    [InlineData("January 7, 2024 at 12:05 PM EST", "2024-01-07T17:05")]
    [InlineData("January 7, 2024 at 15:52 UTC", "2024-01-07T15:52")]
    [InlineData("November 3, 2024 at 1:30 AM EDT", "2024-11-03T05:30")]   // the hour that comes twice
    [InlineData("November 3, 2024 at 1:30 AM EST", "2024-11-03T06:30")]
    public void A_date_in_any_seen_form_is_an_instant(string text, string utc)
    {
        Assert.True(ChainDate.TryParse(text, out long nanos));
        Assert.Equal(utc + ":00.000000000Z", UnixNanos.ToIso(nanos));
    }

    [Theory]
    [InlineData("4 June 4, 3:15 PM EDT")]                 // year lost
    [InlineData("June 4, 23, 3:15 PM EDT")]
    [InlineData("June 4, 2023, 3:15 PM")]                 // no zone
    [InlineData("June 4, 2023, 3:15 PM CST")]             // America's or China's
    [InlineData("June 4, 2023, 3:15 PM EST")]             // New York kept daylight time: date or zone is wrong
    [InlineData("January 4, 2023, 3:15 PM EDT")]
    [InlineData("June 31, 2023, 3:15 PM EDT")]
    [InlineData("June 0, 2023, 3:15 PM EDT")]
    [InlineData("February 29, 2023, 3:15 PM EST")]
    [InlineData("June 4, 2023, 13:15 PM EDT")]
    [InlineData("June 4, 2023, 0:15 AM EDT")]
    [InlineData("June 4, 2023, 24:15 EDT")]
    [InlineData("June 4, 2023, 3:60 PM EDT")]
    [InlineData("June 4, 2023 EDT")]                      // no time
    [InlineData("04/06/2023, 3:15 PM EDT")]               // April or June
    [InlineData("Juin 4, 2023, 3:15 PM EDT")]
    [InlineData("June 4, 2023, 3:15 PM GMT-15")]
    [InlineData("June 4, 2023, 3:15 PM EDT or later")]
    [InlineData("")]
    [InlineData("June 4, 2023,                                                                            3:15 PM EDT")]
    public void A_date_that_leaves_doubt_is_not_read(string text)
    {
        Assert.False(ChainDate.TryParse(text, out long nanos));
        Assert.Equal(0, nanos);
    }
}
