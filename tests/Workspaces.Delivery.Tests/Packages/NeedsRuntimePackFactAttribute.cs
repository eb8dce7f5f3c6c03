using System.Runtime.InteropServices;

namespace Workspaces.Delivery.Tests.Packages;

/// <summary>A test that publishes a program with its runtime. The SDK does not bring that runtime as a package, so it has to be in the machine's package folder.</summary>
internal sealed class NeedsRuntimePackFactAttribute : FactAttribute
{
    public NeedsRuntimePackFactAttribute()
    {
        string pack = $"microsoft.netcore.app.runtime.{RuntimeInformation.RuntimeIdentifier}", folder = Path.Combine(PackageFeed.MachinePackages, pack);
        if (!Directory.Exists(folder)) Skip = $"The package {pack} is not in the machine's package folder; restore any self-contained project once to have it.";
    }
}
