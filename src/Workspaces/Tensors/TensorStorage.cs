using Workspaces.Memory;

namespace Workspaces.Tensors;

/// <summary>Tensors that lie in the file of a mapped workspace.</summary>
public static class TensorStorage
{
    extension(Workspace workspace)
    {
        /// <summary>
        /// The tensor that the workspace's file holds under a name, with its values; zeros when there was none. It lives in the outer pass of the lease, in
        /// the mapped file itself; see <see cref="Workspace.OpenStored(string, long)"/>.
        /// </summary>
        /// <param name="name">Tells what the file holds apart.</param>
        /// <param name="dtype">Type of its elements. The file keeps bytes only: ask with the type that it was made with.</param>
        /// <param name="dims">Its shape, with as many bytes as the stored one.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="WorkspaceException">No mapped file, another number of bytes, or bytes that are not those of the last commit.</exception>
        /// <exception cref="OutOfWorkspaceException">The disk is full.</exception>
        /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
        public Tensor OpenStored(string name, DType dtype, params ReadOnlySpan<long> dims) => TensorFrames.Stored(workspace, name, dtype, new Shape(dims));
    }
}
