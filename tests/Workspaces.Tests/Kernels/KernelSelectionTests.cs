using Workspaces.Kernels.Simd;

namespace Workspaces.Tests.Kernels;

public class KernelSelectionTests : KernelConformance
{
    [Fact]
    public void Unset_takes_the_widest_available() => Assert.Equal(Variants.Max(), KernelSelection.Choose(null));

    [Theory]
    [InlineData("512", nameof(KernelVariant.Vector512))]
    [InlineData("256", nameof(KernelVariant.Vector256))]
    [InlineData("128", nameof(KernelVariant.Vector128))]
    [InlineData(" Scalar ", nameof(KernelVariant.Scalar))]
    public void A_forced_variant_is_taken_where_it_runs_and_refused_elsewhere(string forced, string name)
    {
        KernelVariant variant = Enum.Parse<KernelVariant>(name);
        if (KernelSelection.IsAvailable(variant))
            Assert.Equal(variant, KernelSelection.Choose(forced));
        else
            Assert.Throws<InvalidOperationException>(() => KernelSelection.Choose(forced));
    }

    [Theory]
    [InlineData("avx")]
    [InlineData("1024")]
    public void An_unknown_value_is_refused_and_named(string forced) => Assert.Contains(
        $"{KernelSelection.EnvironmentVariable}={forced}",
            Assert.Throws<InvalidOperationException>(() => KernelSelection.Choose(forced)).Message);
}
