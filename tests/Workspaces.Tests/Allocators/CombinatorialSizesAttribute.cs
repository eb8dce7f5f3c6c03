using System.Reflection;
using Xunit.Sdk;

namespace Workspaces.Tests.Allocators;

/// <summary>Sizes around a granule and a page, times every alignment from 1 to 4096.</summary>
public sealed class CombinatorialSizesAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        foreach (long bytes in (long[])[0, 1, 63, 64, 65, 4095, 4097, 1 << 20])
        {
            for (int alignment = 1; alignment <= 4096; alignment *= 2)
                yield return [bytes, alignment];
        }
    }
}
