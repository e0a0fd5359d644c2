/** Tests of the engine for models that make vectors of texts. */
@NullMarked
package io.anyserve.worker.torch.encoder;

import org.jspecify.annotations.NullMarked;
