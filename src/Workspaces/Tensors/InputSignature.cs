using Workspaces.Memory;

namespace Workspaces.Tensors;

/// <summary>Signatures of passes by what goes into them, so that equal inputs find the same plan wherever the pass is entered.</summary>
public static class InputSignature
{
    extension(PassSignature signature)
    {
        /// <summary>This signature for training or for inference.</summary>
        /// <param name="training">True for passes with a backward half.</param>
        /// <returns>The extended signature.</returns>
        public PassSignature WithMode(bool training) => signature.With(training ? 1 : 2);

        /// <summary>This signature with one more declared input: its data type, then its sizes.</summary>
        /// <param name="dtype">Type of its elements.</param>
        /// <param name="shape">Its shape.</param>
        /// <returns>The extended signature.</returns>
        public PassSignature WithInput(DType dtype, in Shape shape)
        {
            PassSignature extended = signature.With((long)dtype);
            foreach (long size in shape) extended = extended.With(size);
            return extended;
        }
    }
}
