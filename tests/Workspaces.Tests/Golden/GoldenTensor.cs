namespace Workspaces.Tests.Golden;

/// <summary>One array of a fixture: its type by name (f32, f64, i64, i32, u8, bool), shape, and row-major values.</summary>
public sealed record GoldenTensor(string DType, int[] Shape, double[] Values);
