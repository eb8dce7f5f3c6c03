namespace Workspaces.Memory.Passes;

/// <summary>Makes the headers of one kind of handle; the layer above the core has its own, with shapes and tape nodes.</summary>
internal abstract class HeaderFactory
{
    /// <summary>Headers of plain blocks.</summary>
    internal static readonly HeaderFactory Plain = new PlainFactory();

    /// <summary>Makes a header for a frame.</summary>
    internal abstract BlockHeader Create(Frame frame);

    /// <summary>True when this factory made the header, so that it may be recycled for this kind of handle.</summary>
    internal abstract bool Made(BlockHeader header);

    private sealed class PlainFactory : HeaderFactory
    {
        internal override BlockHeader Create(Frame frame) => new(frame);

        internal override bool Made(BlockHeader header) => header.GetType() == typeof(BlockHeader);
    }
}
