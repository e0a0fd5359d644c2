/** The files of a model: configuration, checkpoints and the tensors in them. */
@NullMarked
package io.anyserve.worker.torch.model;

import org.jspecify.annotations.NullMarked;
