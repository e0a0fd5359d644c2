/** When requests arrive: rates over time, even or random. */
@NullMarked
package io.anyserve.loadtest.arrivals;

import org.jspecify.annotations.NullMarked;
