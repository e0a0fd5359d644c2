/** The native library: where it is found, and calls into TorchScript modules. */
@NullMarked
package io.anyserve.worker.torch.libtorch;

import org.jspecify.annotations.NullMarked;
