namespace Workspaces.Memory.Passes;

/// <summary>Makes the headers of one kind of handle; the layer above the core has its own, with shapes and tape nodes.</summary>
internal abstract class HeaderFactory
{
    /// <summary>Headers of plain blocks.</summary>
    internal static readonly HeaderFactory Plain = new PlainFactory();

    /// <summary>Makes a header for a frame; it names this factory, so that it is recycled for handles of this kind only.</summary>
    internal abstract BlockHeader Create(Frame frame);

    private sealed class PlainFactory : HeaderFactory
    {
        internal override BlockHeader Create(Frame frame) => new(frame, this);
    }
}
