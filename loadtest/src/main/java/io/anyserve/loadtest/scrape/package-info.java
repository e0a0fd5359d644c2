/** Figures of the processes under load, from their metrics. */
@NullMarked
package io.anyserve.loadtest.scrape;

import org.jspecify.annotations.NullMarked;
