namespace Workspaces.Delivery.Tests.Packages;

/// <summary>Tests that share the packed packages, one after the other: each of them keeps both cores busy.</summary>
[CollectionDefinition(nameof(PackageCollection), DisableParallelization = true)]
public sealed class PackageCollection : ICollectionFixture<PackageFeed>;
