namespace Workspaces.Tensors;

/// <summary>Prints tensors of every type.</summary>
internal static class TensorText
{
    internal static string Of(Tensor tensor, in OpScope op)
    {
        Layout layout = tensor.Layout;
        return tensor.DType switch
        {
            DType.F32 => TensorFormatter.Format(op.ReadSpan<float>(tensor), layout),
            DType.F64 => TensorFormatter.Format(op.ReadSpan<double>(tensor), layout),
            DType.I32 => TensorFormatter.Format(op.ReadSpan<int>(tensor), layout),
            DType.I64 => TensorFormatter.Format(op.ReadSpan<long>(tensor), layout),
            DType.U8 => TensorFormatter.Format(op.ReadSpan<byte>(tensor), layout),
            _ => TensorFormatter.Format(op.ReadSpan<bool>(tensor), layout),
        };
    }
}
