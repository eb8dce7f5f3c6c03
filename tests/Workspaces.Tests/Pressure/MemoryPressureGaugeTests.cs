using Workspaces.Memory.Pressure;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Pressure;

/// <summary>How full memory is, from the files of control groups of both versions and of the machine.</summary>
[Collection(nameof(AloneCollection))]
public sealed class MemoryPressureGaugeTests
{
    private const string SecondVersion = "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
    private readonly WrittenFiles _files = new();

    [Fact]
    public void The_fullest_group_on_the_way_to_the_root_counts()
    {
        _files["/proc/self/mountinfo"] = SecondVersion;
        _files["/proc/self/cgroup"] = "0::/slice/service\n";
        Group("/sys/fs/cgroup/slice", "1000\n", "max\n", "850\n", "anon 850\ninactive_file 50\n");
        Group("/sys/fs/cgroup/slice/service", "max\n", "max\n", "700\n", "inactive_file 0\n");
        using var gauge = new MemoryPressureGauge(_files);
        Assert.Equal(2, gauge.Levels);
        Assert.Equal(0.8, gauge.Read(), 12);
        _files["/sys/fs/cgroup/slice/service/memory.high"] = "720\n";
        Assert.Equal(700.0 / 720, gauge.Read(), 12);
        _files["/sys/fs/cgroup/slice/memory.current"] = "990\n";
        _files["/sys/fs/cgroup/slice/memory.stat"] = "inactive_file 10\n";
        Assert.Equal(0.98, gauge.Read(), 12);
    }

    [Fact]
    public void Room_is_what_the_tightest_group_or_the_machine_has_left_and_no_limit_where_nothing_is_told()
    {
        using (var nothing = new MemoryPressureGauge(_files)) Assert.Equal(long.MaxValue, nothing.Room());
        _files["/proc/meminfo"] = "MemTotal:       1000 kB\nMemFree:         10 kB\nMemAvailable:    250 kB\n";
        _files["/proc/self/mountinfo"] = SecondVersion;
        _files["/proc/self/cgroup"] = "0::/slice/service\n";
        Group("/sys/fs/cgroup/slice", "500000\n", "max\n", "450000\n", "anon 850\ninactive_file 50000\n");
        Group("/sys/fs/cgroup/slice/service", "max\n", "max\n", "440000\n", "inactive_file 0\n");
        using var gauge = new MemoryPressureGauge(_files);
        Assert.Equal(100_000, gauge.Room());
        _files["/sys/fs/cgroup/slice/service/memory.high"] = "430000\n";
        Assert.Equal(0, gauge.Room()); // beyond its limit already
        _files["/sys/fs/cgroup/slice/service/memory.high"] = "max\n";
        _files["/sys/fs/cgroup/slice/memory.max"] = "max\n";
        Assert.Equal(250 << 10, gauge.Room());
    }

    [Fact]
    public void A_container_sees_its_own_group_at_the_root()
    {
        _files["/proc/self/mountinfo"] = "30 24 0:26 /docker/abc /mnt/groups rw - cgroup2 cgroup rw\n";
        _files["/proc/self/cgroup"] = "0::/docker/abc\n";
        Group("/mnt/groups", "4096\n", null, "1024\n", null);
        using var gauge = new MemoryPressureGauge(_files);
        Assert.Equal((1, 0.25), (gauge.Levels, gauge.Read()));
    }

    [Fact]
    public void A_group_outside_of_what_the_container_sees_is_read_at_the_mount()
    {
        _files["/proc/self/mountinfo"] = SecondVersion;
        _files["/proc/self/cgroup"] = "0::/../../other\n";
        Group("/sys/fs/cgroup", "1000", null, "500", null);
        using var gauge = new MemoryPressureGauge(_files);
        Assert.Equal(0.5, gauge.Read());
    }

    [Fact]
    public void The_first_version_has_other_names_and_writes_no_limit_as_a_huge_one()
    {
        _files["/proc/self/mountinfo"] = "33 25 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n31 25 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";
        _files["/proc/self/cgroup"] = "9:cpu,cpuacct:/a\n8:memory:/a\n0::/\n";
        _files["/sys/fs/cgroup/memory/a/memory.usage_in_bytes"] = "900\n";
        _files["/sys/fs/cgroup/memory/a/memory.limit_in_bytes"] = "1000\n";
        _files["/sys/fs/cgroup/memory/a/memory.stat"] = "inactive_file 1\ntotal_inactive_file 300\n";
        _files["/sys/fs/cgroup/memory/memory.usage_in_bytes"] = "999999\n";
        _files["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "9223372036854771712\n";
        using var gauge = new MemoryPressureGauge(_files);
        Assert.Equal((2, 0.6), (gauge.Levels, gauge.Read()));
    }

    [Fact]
    public void The_machine_counts_where_no_group_has_a_limit()
    {
        _files["/proc/meminfo"] = "MemTotal:       1000 kB\nMemFree:         10 kB\nMemAvailable:    250 kB\n";
        using var gauge = new MemoryPressureGauge(_files);
        Assert.Equal((0, 0.75), (gauge.Levels, gauge.Read()));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("nonsense", "MemTotal: many\n")]
    [InlineData("0::/a\n::\n:::\n7:memory\n", "MemAvailable: 3 kB\n")]
    public void Files_that_say_nothing_useful_mean_no_pressure(string groups, string machine)
    {
        _files["/proc/self/cgroup"] = groups;
        _files["/proc/self/mountinfo"] = "- cgroup2 \n x - cgroup2 rw\n";
        _files["/proc/meminfo"] = machine;
        Group("/sys/fs/cgroup/a", "", "-5", "lots", "inactive_file\n");
        using var gauge = new MemoryPressureGauge(_files);
        Assert.Equal(0, gauge.Read());
    }

    [Fact]
    public void A_group_that_was_removed_counts_no_more_and_all_files_are_closed_at_the_end()
    {
        _files["/proc/self/mountinfo"] = SecondVersion;
        _files["/proc/self/cgroup"] = "0::/a\n";
        Group("/sys/fs/cgroup/a", "1000", "900", "850", "inactive_file 0\n");
        var gauge = new MemoryPressureGauge(_files);
        Assert.InRange(gauge.Read(), 0.9, 1);
        _files.Remove("/sys/fs/cgroup/a/memory.current");
        Assert.Equal(0, gauge.Read());
        Assert.Equal(4, _files.Open);
        gauge.Dispose();
        Assert.Equal(0, _files.Open);
    }

    [Fact]
    public void Reading_makes_no_garbage()
    {
        _files["/proc/self/mountinfo"] = SecondVersion;
        _files["/proc/self/cgroup"] = "0::/a\n";
        Group("/sys/fs/cgroup/a", "1000", "900", "850", "inactive_file 0\n");
        using var written = new MemoryPressureGauge(_files);
        using var real = new MemoryPressureGauge(new SystemControlFiles());
        double sum = 0;
        Garbage.AssertNone(100, () => sum += written.Read() + real.Read());
        Assert.True(sum > 0);
    }

    [Fact]
    public void This_machine_is_neither_empty_nor_beyond_full()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var gauge = new MemoryPressureGauge(new SystemControlFiles());
        Assert.InRange(gauge.Read(), 0.001, 1.001);
    }

    private void Group(string folder, string max, string? high, string current, string? statistics)
    {
        _files[$"{folder}/memory.max"] = max;
        _files[$"{folder}/memory.current"] = current;
        if (high is not null) _files[$"{folder}/memory.high"] = high;
        if (statistics is not null) _files[$"{folder}/memory.stat"] = statistics;
    }
}
