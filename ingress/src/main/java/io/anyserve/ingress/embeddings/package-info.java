/** Vectors of texts over HTTP. */
@NullMarked
package io.anyserve.ingress.embeddings;

import org.jspecify.annotations.NullMarked;
