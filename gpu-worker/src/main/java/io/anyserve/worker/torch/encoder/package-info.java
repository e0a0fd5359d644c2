/** The engine for models that make vectors of texts: BERT encoders. */
@NullMarked
package io.anyserve.worker.torch.encoder;

import org.jspecify.annotations.NullMarked;
