using Workspaces.Autograd;

namespace Workspaces.NN;

/// <summary>The parameters of one layer and direction.</summary>
/// <param name="Input">[gates · hidden, features].</param>
/// <param name="Hidden">[gates · hidden, hidden].</param>
/// <param name="InputBias">[gates · hidden], or null.</param>
/// <param name="HiddenBias">[gates · hidden], or null.</param>
internal sealed record RecurrentWeights(Parameter Input, Parameter Hidden, Parameter? InputBias, Parameter? HiddenBias);
