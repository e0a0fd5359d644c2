/** Tests of when requests arrive. */
@NullMarked
package io.anyserve.loadtest.arrivals;

import org.jspecify.annotations.NullMarked;
