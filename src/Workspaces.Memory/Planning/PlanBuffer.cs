namespace Workspaces.Memory.Planning;

/// <summary>One buffer of a planning problem: it needs its bytes at logical times <c>[Lower, Upper)</c>.</summary>
/// <param name="Id">The buffer's number, unique in its problem.</param>
/// <param name="Lower">Logical time of its birth.</param>
/// <param name="Upper">Logical time of its death; another buffer born then may take over the bytes.</param>
/// <param name="Size">Bytes it needs, not rounded.</param>
public readonly record struct PlanBuffer(long Id, long Lower, long Upper, long Size);
