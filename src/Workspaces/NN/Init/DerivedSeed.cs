namespace Workspaces.NN.Init;

/// <summary>
/// Seeds of parts of a model, made of the model's seed and the part's name: FNV-1a over the name (G. Fowler, L. Noll, P. Vo), mixed with the
/// finaliser of SplitMix64 (S. Vigna). A part keeps its seed when others come or go.
/// </summary>
internal static class DerivedSeed
{
    private const ulong Basis = 0xCBF2_9CE4_8422_2325, Prime = 0x0000_0100_0000_01B3;

    internal static ulong Of(ulong seed, string name)
    {
        ulong hash = Basis;
        foreach (char letter in name) hash = (hash ^ letter) * Prime;
        return Mix(Mix(seed) ^ hash);
    }

    /// <summary>A seed that nobody chose.</summary>
    internal static ulong Fresh() => unchecked((ulong)System.Random.Shared.NextInt64(long.MinValue, long.MaxValue));

    /// <summary>All 64 bits count, so that seeds that differ in the upper half only do not fall together.</summary>
    internal static int ToInt32(ulong seed) => unchecked((int)(uint)(Mix(seed) >> 32));

    private static ulong Mix(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
