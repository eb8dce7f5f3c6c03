namespace Workspaces.Ops;

/// <summary>What a recurrence computes at each step.</summary>
internal enum RecurrentCellKind
{
    /// <summary>tanh.</summary>
    Tanh,

    /// <summary>max(·, 0).</summary>
    Relu,

    /// <summary>Gated recurrent unit.</summary>
    Gru,

    /// <summary>Long short-term memory.</summary>
    Lstm,
}
