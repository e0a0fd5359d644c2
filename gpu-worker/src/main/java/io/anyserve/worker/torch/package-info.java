/**
 * Language models on DJL PyTorch: modules generated as TorchScript text, weights read from disk.
 */
@NullMarked
package io.anyserve.worker.torch;

import org.jspecify.annotations.NullMarked;
