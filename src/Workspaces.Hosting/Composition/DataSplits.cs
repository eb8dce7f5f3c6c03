using Workspaces.Data;

namespace Workspaces.Hosting.Composition;

/// <summary>The data of a run.</summary>
/// <param name="Train">What is trained on.</param>
/// <param name="Test">What accuracy is measured on, or null.</param>
public sealed record DataSplits(IDataSet Train, IDataSet? Test);
