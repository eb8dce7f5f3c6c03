namespace Workspaces.Hosting.Composition;

/// <summary>The initialisers by name.</summary>
internal enum InitializerKind
{
    Constant,
    KaimingNormal,
    KaimingUniform,
    Normal,
    Orthogonal,
    Uniform,
    XavierNormal,
    XavierUniform,
    Zeros,
}
