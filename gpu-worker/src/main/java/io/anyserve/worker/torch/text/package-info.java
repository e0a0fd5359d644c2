/** Between text and tokens: vocabulary, encoding, streaming decoding, stop strings. */
@NullMarked
package io.anyserve.worker.torch.text;

import org.jspecify.annotations.NullMarked;
