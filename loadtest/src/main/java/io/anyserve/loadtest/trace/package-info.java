/** Traces of other services' requests, read line by line. */
@NullMarked
package io.anyserve.loadtest.trace;

import org.jspecify.annotations.NullMarked;
