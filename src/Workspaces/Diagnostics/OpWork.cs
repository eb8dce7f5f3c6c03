namespace Workspaces.Diagnostics;

/// <summary>What one call of an op must do, however its kernel is written.</summary>
/// <param name="Name">The op; its way back carries the same name.</param>
/// <param name="MultiplyAdds">Multiply-adds of its products, by their definition; other arithmetic is not counted.</param>
/// <param name="Bytes">Bytes of the tensors that it reads and writes, each once; scratch is not counted.</param>
public readonly record struct OpWork(string Name, long MultiplyAdds, long Bytes);
