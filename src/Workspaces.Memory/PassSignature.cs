namespace Workspaces.Memory;

/// <summary>
/// Tells passes of one workspace apart: training or inference, and the data types and shapes of the declared inputs. Passes
/// with equal signatures are expected to ask for the same memory. The default value stands for "the usual pass".
/// </summary>
/// <param name="Key">A 64-bit key; 0 is the default signature.</param>
public readonly record struct PassSignature(ulong Key)
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    /// <summary>This signature with one more value mixed in (a dimension, a data type, a mode). Order matters.</summary>
    /// <param name="value">The value to mix in.</param>
    /// <returns>The extended signature; never the default one.</returns>
    public PassSignature With(long value)
    {
        ulong x = (Key + Prime) ^ ((ulong)value * 0xBF58476D1CE4E5B9);
        x = (x ^ (x >> 29)) * 0x94D049BB133111EB;
        return new((x ^ (x >> 32)) | 1);
    }
}
