using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory.Arenas;

namespace Workspaces.Tests.Arenas;

/// <summary>Which pages are taken away, against a list of booleans.</summary>
public sealed class PageGuardTests
{
    private const long Page = 4096;
    private const int Pages = 200;

    [Fact]
    public void Random_takes_and_gives_reach_the_system_page_by_page() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ArrayOf().ToArbitrary(), static numbers =>
        {
            var memory = new Recorded();
            var guard = new PageGuard(memory, 0, Page);
            var expected = new bool[Pages];
            foreach (int number in numbers)
            {
                int from = number % Pages, to = Math.Min(Pages, from + (number / Pages % 90));
                bool takes = number % 3 == 0;
                Assert.Equal(0, takes ? guard.Take(from * Page, to * Page) : number % 11 == 0 ? guard.GiveAll() : guard.Give(from * Page, to * Page));
                if (!takes && number % 11 == 0) (from, to) = (0, Pages);
                expected.AsSpan(from, to - from).Fill(takes);
                if (!memory.Taken.AsSpan().SequenceEqual(expected)) return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_refusal_changes_nothing()
    {
        var memory = new Recorded { Refuses = true };
        var guard = new PageGuard(memory, 0, Page);
        Assert.NotEqual(0, guard.Take(0, Page));
        Assert.False(guard.HasTaken);
        memory.Refuses = false;
        guard.Take(0, 2 * Page);
        memory.Refuses = true;
        Assert.NotEqual(0, guard.GiveAll());
        Assert.True(guard.HasTaken);
        memory.Refuses = false;
        Assert.Equal(0, guard.GiveAll());
        Assert.False(guard.HasTaken);
        Assert.DoesNotContain(true, memory.Taken);
    }

    [Fact]
    public void Stretches_are_limited_and_the_whole_can_be_taken_all_the_same()
    {
        var memory = new Recorded(20_000);
        var guard = new PageGuard(memory, 0, Page);
        for (long i = 0; i < 10_000; i++) guard.Take(2 * i * Page, ((2 * i) + 1) * Page);
        Assert.Equal(4096, memory.Taken.Count(static taken => taken));
        guard.TakeAll(20_000 * Page);
        Assert.DoesNotContain(false, memory.Taken);
        Assert.Equal(0, guard.GiveAll());
        Assert.DoesNotContain(true, memory.Taken);
    }

    [Fact]
    public void Only_what_is_taken_is_given_back_stretch_by_stretch()
    {
        var memory = new Recorded();
        var guard = new PageGuard(memory, 0, Page);
        Assert.Equal(0, guard.TakeAll(0));
        Assert.False(guard.HasTaken);
        Assert.Equal(0, guard.Take(7 * Page, 7 * Page));
        Assert.Equal(0, memory.Calls);
        Assert.False(guard.HasTaken);
        guard.Take(2 * Page, 4 * Page);
        guard.Take(60 * Page, 70 * Page);
        guard.Take(127 * Page, 129 * Page);
        memory.Calls = 0;
        Assert.Equal(0, guard.Give(0, Pages * Page));
        Assert.Equal(3, memory.Calls);
        Assert.DoesNotContain(true, memory.Taken);
        Assert.Equal(0, guard.Give(0, Pages * Page)); // nothing is left of it
        Assert.Equal(0, guard.GiveAll());
        Assert.Equal(3, memory.Calls);
    }

    [Fact]
    public void The_count_of_stretches_begins_again_when_all_are_given_back_or_taken_as_one()
    {
        var memory = new Recorded(20_000);
        var guard = new PageGuard(memory, 0, Page);
        for (int round = 0; round < 3; round++)
        {
            for (long i = 0; i < 5000; i++) guard.Take(2 * i * Page, ((2 * i) + 1) * Page);
            Assert.Equal(4096, memory.Taken.Count(static taken => taken));
            guard.GiveAll();
        }

        for (long i = 0; i < 5000; i++) guard.Take(2 * i * Page, ((2 * i) + 1) * Page);
        guard.TakeAll(10 * Page);
        for (long i = 5000; i < 9999; i++) guard.Take(2 * i * Page, ((2 * i) + 1) * Page);
        Assert.Equal(4096 + 5 + 4095, memory.Taken.Count(static taken => taken));
        memory.Refuses = true;
        Assert.NotEqual(0, guard.TakeAll(Page));
        memory.Refuses = false;
        long before = memory.Calls;
        guard.Take(19_998 * Page, 19_999 * Page);
        Assert.Equal(before, memory.Calls); // a refused whole is no new beginning
    }

    private sealed class Recorded(int pages = Pages) : VirtualMemory
    {
        internal readonly bool[] Taken = new bool[pages];

        internal bool Refuses { get; set; }

        internal long Calls { get; set; }

        public override string Name => "A test";

        public override long PageSize => Page;

        public override int Protect(nint address, long bytes, PageAccess access)
        {
            if (Refuses) return 12;
            Calls++;
            Taken.AsSpan((int)(address / Page), (int)(bytes / Page)).Fill(access == PageAccess.None);
            return 0;
        }

        public override int Reserve(long bytes, long alignment, out AddressRange range) => throw new NotSupportedException();

        public override int Commit(nint address, long bytes) => throw new NotSupportedException();

        public override int Decommit(nint address, long bytes) => throw new NotSupportedException();

        public override int Release(in AddressRange range) => throw new NotSupportedException();

        public override int AdviseHugePages(nint address, long bytes) => throw new NotSupportedException();

        public override int DoNotFork(in AddressRange range) => throw new NotSupportedException();
    }
}
