namespace Workspaces.Tests.Golden;

/// <summary>A named parameter; weights are [out, in].</summary>
public sealed record GoldenParameter(string Name, GoldenTensor Tensor);
