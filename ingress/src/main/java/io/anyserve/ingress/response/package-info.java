/** Requests in flight: the events that the log brings for each, on their way to its client. */
@NullMarked
package io.anyserve.ingress.response;

import org.jspecify.annotations.NullMarked;
