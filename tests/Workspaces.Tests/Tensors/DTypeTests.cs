using Workspaces.Tensors;

namespace Workspaces.Tests.Tensors;

public class DTypeTests
{
    [Theory]
    [InlineData(DType.F32, 4, true, "float32", typeof(float))]
    [InlineData(DType.F64, 8, true, "float64", typeof(double))]
    [InlineData(DType.I32, 4, false, "int32", typeof(int))]
    [InlineData(DType.I64, 8, false, "int64", typeof(long))]
    [InlineData(DType.U8, 1, false, "uint8", typeof(byte))]
    [InlineData(DType.Bool, 1, false, "bool", typeof(bool))]
    public void Each_dtype_knows_its_facts(DType dtype, int size, bool floating, string name, Type type)
    {
        Assert.Equal((size, floating, name, type), (dtype.SizeInBytes, dtype.IsFloatingPoint, dtype.Name, dtype.ElementType));
        Assert.True(DTypes.TryParse(name, out DType byName));
        Assert.True(DTypes.TryParse(dtype.ToString(), out DType byMember));
        Assert.Equal((dtype, dtype), (byName, byMember));
    }

    [Fact]
    public void Element_types_map_to_dtypes()
    {
        Assert.Equal(DType.F32, DTypes.Of<float>());
        Assert.Equal(DType.F64, DTypes.Of<double>());
        Assert.Equal(DType.I32, DTypes.Of<int>());
        Assert.Equal(DType.I64, DTypes.Of<long>());
        Assert.Equal(DType.U8, DTypes.Of<byte>());
        Assert.Equal(DType.Bool, DTypes.Of<bool>());
        Assert.False(DTypes.TryOf<uint>(out _));
        var error = Assert.Throws<ArgumentException>(() => DTypes.Of<decimal>());
        Assert.Contains("System.Decimal", error.Message, StringComparison.Ordinal);
    }

    // The table of torch.promote_types for float32, float64, int32, int64, uint8, bool.
    [Theory]
    [InlineData(DType.F32, "F32 F64 F32 F32 F32 F32")]
    [InlineData(DType.F64, "F64 F64 F64 F64 F64 F64")]
    [InlineData(DType.I32, "F32 F64 I32 I64 I32 I32")]
    [InlineData(DType.I64, "F32 F64 I64 I64 I64 I64")]
    [InlineData(DType.U8, "F32 F64 I32 I64 U8 U8")]
    [InlineData(DType.Bool, "F32 F64 I32 I64 U8 Bool")]
    public void Promotion_is_that_of_PyTorch(DType left, string row)
    {
        DType[] rights = [DType.F32, DType.F64, DType.I32, DType.I64, DType.U8, DType.Bool];
        Assert.Equal(row, string.Join(' ', rights.Select(right => DTypes.Promote(left, right))));
    }

    [Fact]
    public void Unknown_values_and_names_are_refused()
    {
        var unknown = (DType)6;
        Assert.Throws<ArgumentException>(() => unknown.SizeInBytes);
        Assert.Throws<ArgumentException>(() => unknown.Name);
        Assert.Throws<ArgumentException>(() => unknown.ElementType);
        Assert.Throws<ArgumentException>(() => DTypes.Promote(unknown, DType.F32));
        Assert.False(unknown.IsFloatingPoint);
        Assert.False(DTypes.TryParse("float16", out _));
        Assert.False(DTypes.TryParse(null, out _));
        Assert.False(DTypes.TryParse("", out _));
    }
}
