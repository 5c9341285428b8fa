using DealerFlow.Engine;
using Xunit;

namespace DealerFlow.Tests;

public class PrintLogTests
{
    private static Print Print(int price, uint quantity, long previous, bool isInOrder = true, uint instrument = 1) =>
        new() { InstrumentId = instrument, Price = price, Quantity = quantity, Previous = previous, IsInOrder = isInOrder };

    [Fact]
    public void A_cancel_finds_the_latest_print_of_its_contract_price_and_quantity()
    {
        var log = new PrintLog(16);
        long first = log.Add(Print(100, 5, 0));
        long other = log.Add(Print(100, 5, 0, instrument: 2));
        long second = log.Add(Print(100, 5, first));
        long third = log.Add(Print(101, 5, second));
        Assert.Equal((1, 2, 3, 4), (first, other, second, third));
        Assert.Equal(second, log.Find(third, 1, 100, 5));
        log[second].IsCancelled = true;
        Assert.Equal(first, log.Find(third, 1, 100, 5));
        log[first].IsCancelled = true;
        Assert.Equal(0, log.Find(third, 1, 100, 5));
        Assert.Equal(other, log.Find(other, 2, 100, 5));
        Assert.Equal(0, log.Find(third, 1, 101, 6));
        Assert.Equal(0, log.Find(0, 1, 100, 5));
    }

    [Fact]
    public void The_oldest_make_room_and_are_not_found_any_more()
    {
        var log = new PrintLog(8);
        long latest = 0;
        for (int i = 1; i <= 9; i++) latest = log.Add(Print(100 + i, 1, latest));
        Assert.Equal((8, 9), (log.Capacity, log.Last));
        Assert.Equal(0, log.Find(latest, 1, 101, 1));       // its place is the ninth's now
        Assert.Equal(2, log.Find(latest, 1, 102, 1));
        Assert.Equal(9, log.Find(latest, 1, 109, 1));
    }

    [Fact]
    public void A_hostile_chain_is_walked_for_a_bounded_time()
    {
        var log = new PrintLog(1 << 14);
        long latest = log.Add(Print(7, 7, 0));
        for (int i = 0; i < 4095; i++) latest = log.Add(Print(100, 1, latest));
        Assert.Equal(1, log.Find(latest, 1, 7, 7));
        latest = log.Add(Print(100, 1, latest));
        Assert.Equal(0, log.Find(latest, 1, 7, 7));
        // A contract that trades at one price all day: no other price within the bound.
        Assert.Equal((100, 0), log.LastPrices(latest));
    }

    //                                             prices in order, * = late or complex, x = cancelled       last prior
    public static TheoryData<string, int, int> Histories => new()
    {
        { "", 0, 0 },
        { "100", 100, 0 },
        { "100 100", 100, 0 },
        { "100 101", 101, 100 },
        { "100 101 101", 101, 100 },
        { "100 101 100", 100, 101 },
        { "100 101x", 100, 0 },
        { "100 101 102x", 101, 100 },
        { "100 101 102* ", 101, 100 },
        { "100* 101", 101, 0 },
        { "100x 101x", 0, 0 },
    };

    [Theory, MemberData(nameof(Histories))]
    public void The_tick_test_compares_with_what_is_left(string history, int last, int prior)
    {
        var log = new PrintLog(16);
        long latest = 0;
        foreach (string word in history.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            latest = log.Add(Print(int.Parse(word.TrimEnd('*', 'x')), 1, latest, isInOrder: !word.EndsWith('*')));
            log[latest].IsCancelled = word.EndsWith('x');
        }
        Assert.Equal((last, prior), log.LastPrices(latest));
    }
}
