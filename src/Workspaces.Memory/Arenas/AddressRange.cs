namespace Workspaces.Memory.Arenas;

/// <summary>Reserved address space.</summary>
/// <param name="Start">First address, aligned as asked.</param>
/// <param name="Bytes">Usable length from <paramref name="Start"/>.</param>
/// <param name="MapStart">Where the system's own map starts: releasing takes this address and <paramref name="MapBytes"/>.</param>
/// <param name="MapBytes">Length of the system's map; more than <paramref name="Bytes"/> where a surplus cannot be given back.</param>
internal readonly record struct AddressRange(nint Start, long Bytes, nint MapStart, long MapBytes);
