/** Items of a response's output, as they come and as a whole. */
@NullMarked
package io.anyserve.ingress.responses.output;

import org.jspecify.annotations.NullMarked;
