/** Tests of GGUF files, with a writer of such files. */
@NullMarked
package io.anyserve.worker.torch.gguf;

import org.jspecify.annotations.NullMarked;
