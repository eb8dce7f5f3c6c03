using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

/// <summary>A source with a wrapper around it, as the conformance suite takes them; disposing it disposes the wrapper, and that the source.</summary>
internal sealed class AllocatorStack : IDisposable
{
    private readonly IAllocator _source;

    private AllocatorStack(string name, IAllocator source, IAllocator top, bool seesDoubleFree) =>
        (Name, _source, Allocator, SeesDoubleFree) = (name, source, top, seesDoubleFree);

    /// <summary>Sources by name; those that this system lacks are left out.</summary>
    public static IReadOnlyDictionary<string, (Func<IAllocator> Make, bool SeesDoubleFree)> Sources { get; } = MakeSources();

    /// <summary>Wrappers by name; each owns its upstream.</summary>
    public static IReadOnlyDictionary<string, (Func<IAllocator, IAllocator> Make, bool SeesDoubleFree)> Wrappers { get; } = MakeWrappers();

    /// <summary>Every wrapper over every source, and every source alone.</summary>
    public static TheoryData<string> All => [.. Sources.Keys.SelectMany(static source => Wrappers.Keys.Select(wrapper => $"{wrapper} over {source}"))];

    public string Name { get; }

    public IAllocator Allocator { get; }

    public bool SeesDoubleFree { get; }

    public static AllocatorStack Create(string name)
    {
        string[] parts = name.Split(" over ");
        (Func<IAllocator> makeSource, bool sourceSees) = Sources[parts[1]];
        (Func<IAllocator, IAllocator> makeWrapper, bool wrapperSees) = Wrappers[parts[0]];
        IAllocator source = makeSource();
        return new AllocatorStack(name, source, makeWrapper(source), sourceSees || wrapperSees);
    }

    /// <summary>Disposes from the top; a source that owns something must have released it by then.</summary>
    public void Dispose()
    {
        (Allocator as IDisposable)?.Dispose();
        switch (_source)
        {
            case MappedFileAllocator files:
                Assert.True(files.IsReleased, Name);
                break;
            case HugePageAllocator pages:
                Assert.True(pages.IsReleased, Name);
                break;
            case NativeLibraryAllocator library:
                Assert.True(library.IsReleased, Name);
                break;
        }
    }

    private static Dictionary<string, (Func<IAllocator> Make, bool SeesDoubleFree)> MakeSources()
    {
        Dictionary<string, (Func<IAllocator> Make, bool SeesDoubleFree)> sources = new()
        {
            ["native"] = (static () => new NativeAllocator(), false),
            ["pinned"] = (static () => new PinnedAllocator(), true),
            ["mapped file"] = (static () => new MappedFileAllocator(segmentBytes: 1 << 20), true),
            ["huge page"] = (static () => new HugePageAllocator(segmentBytes: 2 << 20), true),
            ["caching"] = (static () => new CachingAllocator(new NativeAllocator(), 4 << 20), true),
        };
        foreach ((string library, NativeLibrarySymbols symbols) in NativeLibraryAllocatorTests.Candidates)
        {
            if (NativeLibraryAllocatorTests.WhyAbsent(library, symbols) is null) sources[library] = (() => new NativeLibraryAllocator(library, symbols), false);
        }

        return sources;
    }

    private static Dictionary<string, (Func<IAllocator, IAllocator> Make, bool SeesDoubleFree)> MakeWrappers() => new()
    {
        ["nothing"] = (static below => below, false),
        ["limit"] = (static below => new LimitAllocator(below, long.MaxValue, leaveOpen: false), false),
        ["statistics"] = (static below => new StatisticsAllocator(below, leaveOpen: false), true),
        ["tracking"] = (static below => new TrackingAllocator(below, leaveOpen: false), true),
        ["trace"] = (static below => new TraceAllocator(below, leaveOpen: false), true),
        ["failure callback"] = (static below => new FailureCallbackAllocator(below, static (_, _) => false, leaveOpen: false), false),
        ["size chain"] = (static below => new SizeChainAllocator(below, 1 << 12, below, leaveOpen: false), false),
        ["synchronized"] = (static below => new SynchronizedAllocator(below, leaveOpen: false), false),
        ["guard"] = (static below => new GuardAllocator(below, quarantineBytes: 1 << 12, leaveOpen: false), true),
        ["fault injecting"] = (static below => new FaultInjectingAllocator(below, nth: long.MaxValue, leaveOpen: false), false),
        ["caching"] = (static below => new CachingAllocator(below, 4 << 20, leaveOpen: false), true),
        ["tower"] = (static below => Tower(below), true),
    };

    /// <summary>All wrappers around each other.</summary>
    private static StatisticsAllocator Tower(IAllocator below)
    {
        IAllocator top = below;
        top = new CachingAllocator(new TrackingAllocator(top, leaveOpen: false), 1 << 20, leaveOpen: false);
        top = new LimitAllocator(new TraceAllocator(top, leaveOpen: false), long.MaxValue, leaveOpen: false);
        top = new GuardAllocator(new SynchronizedAllocator(top, leaveOpen: false), guardBytes: 7, quarantineBytes: 1 << 12, leaveOpen: false);
        top = new FaultInjectingAllocator(new SizeChainAllocator(top, 100, top, leaveOpen: false), probability: 0, seed: 1, leaveOpen: false);
        return new StatisticsAllocator(new FailureCallbackAllocator(top, static (_, _) => false, leaveOpen: false), leaveOpen: false);
    }
}
