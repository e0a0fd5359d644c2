/** From what a caller sent to a request in the log, or to a refusal that says why. */
@NullMarked
package io.anyserve.ingress.admission;

import org.jspecify.annotations.NullMarked;
