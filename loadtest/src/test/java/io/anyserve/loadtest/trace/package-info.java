/** Tests of the readers of traces. */
@NullMarked
package io.anyserve.loadtest.trace;

import org.jspecify.annotations.NullMarked;
