using System.Globalization;
using Workspaces.Memory.Arenas;

namespace Workspaces.Tests.Arenas;

/// <summary>What Linux says of the maps inside an arena's range, from /proc/self.</summary>
internal static unsafe class ProcessMaps
{
    /// <summary>Bytes of the maps with these four permission letters.</summary>
    public static long Bytes(Arena arena, string permissions) =>
        Maps("/proc/self/maps", arena).Where(m => m.Permissions == permissions).Sum(m => m.Bytes);

    /// <summary>Bytes in memory now.</summary>
    public static long Resident(Arena arena) => Maps("/proc/self/smaps", arena).Sum(m => m.Resident);

    /// <summary>True if every map inside the range has this flag of smaps ("dc": not copied by a fork, "hg": huge pages advised).</summary>
    public static long BytesWithFlag(Arena arena, string flag) =>
        Maps("/proc/self/smaps", arena).Where(m => m.Flags.Contains(flag, StringComparison.Ordinal)).Sum(m => m.Bytes);

    private sealed class Map
    {
        public long Bytes;
        public string Permissions = "";
        public long Resident;
        public string Flags = "";
    }

    private static List<Map> Maps(string path, Arena arena)
    {
        long start = (long)arena.Base;
        List<Map> found = [];
        Map? map = null;
        foreach (string line in File.ReadLines(path))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] ends = words[0].Split('-');
            if (ends.Length == 2 && long.TryParse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long from))
            {
                long to = long.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                long first = Math.Max(from, start);
                long last = Math.Min(to, start + arena.ReservedBytes);
                map = first < last ? new Map { Bytes = last - first, Permissions = words[1] } : null;
                if (map is not null)
                    found.Add(map);
            }
            else if (map is not null && words[0] == "Rss:")
            {
                map.Resident = 1024 * long.Parse(words[1], CultureInfo.InvariantCulture);
            }
            else if (map is not null && words[0] == "VmFlags:")
            {
                map.Flags = line;
            }
        }
        return found;
    }
}
