namespace Workspaces.Data;

/// <summary>
/// The SplitMix64 generator (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014). It is written
/// out here so that the order of samples for a seed never changes with the version of .NET.
/// </summary>
internal struct SplitMix64(ulong state)
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;

    private ulong _state = state;

    /// <summary>The stream of one epoch: its own, whatever epochs were drawn before.</summary>
    internal static SplitMix64 ForEpoch(ulong seed, int epoch) => new(Mix(Mix(seed + Gamma) + ((ulong)epoch * Gamma)));

    internal ulong Next() => Mix(_state += Gamma);

    /// <summary>
    /// A number in 0..bound−1, every one equally likely (D. Lemire, "Fast random integer generation in an interval", 2019).
    /// </summary>
    internal uint Below(uint bound)
    {
        var product = (Next() >> 32) * bound;
        if ((uint)product < bound)
        {
            var threshold = (uint)-(int)bound % bound;
            while ((uint)product < threshold)
                product = (Next() >> 32) * bound;
        }
        return (uint)(product >> 32);
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
