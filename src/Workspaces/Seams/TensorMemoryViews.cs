using Workspaces.Memory;
using Workspaces.Memory.Seams;
using Workspaces.Tensors;

namespace Workspaces.Seams;

/// <summary>Tensors for code that takes <see cref="Memory{T}"/>: sockets, streams, pipes, asynchronous methods.</summary>
public static class TensorMemoryViews
{
    extension(Tensor tensor)
    {
        /// <summary>
        /// The elements of a contiguous tensor as memory that is revoked with the tensor: once it is disposed, or its pass has ended, <see cref="Memory{T}.Span"/> throws and
        /// names tensor and pass. A span or pointer taken from it before cannot be revoked, so from now on the bytes stay untouched to the end of the pass. Writes to
        /// what the tape has saved are noticed as with <see cref="Tensor.AsSpan{T}"/>, each time that a span is taken. Makes one object of managed memory.
        /// </summary>
        /// <typeparam name="T">The element type: float, double, int, long, byte or bool.</typeparam>
        /// <returns>The memory; it may be kept across <c>await</c>.</returns>
        /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
        /// <exception cref="ArgumentException">The elements have another type.</exception>
        /// <exception cref="InvalidOperationException">Not contiguous, or more than 2³¹-1 elements.</exception>
        public Memory<T> AsMemory<T>()
            where T : unmanaged
        {
            int length = tensor.AsSpan<T>().Length;
            TensorHeader header = tensor.Checked("take memory");
            ulong birth = header.Root is null ? tensor.Generation : header.RootBirth;
            return new TensorMemory<T>(tensor, header.Storage, birth, header.Layout.Offset * header.DType.SizeInBytes, length).Memory;
        }
    }

    /// <summary>Checks the tensor itself, so that the error speaks of it; it stays the owner of its bytes.</summary>
    private sealed class TensorMemory<T>(Tensor tensor, TensorHeader storage, ulong birth, long byteOffset, int length)
        : RevocableMemory<T>(storage, birth, byteOffset, length)
        where T : unmanaged
    {
        protected override void Check(string asked) => SpanWrites.Watch(tensor.Checked(asked).Storage);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
