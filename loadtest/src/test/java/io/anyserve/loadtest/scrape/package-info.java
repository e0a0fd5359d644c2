/** Tests of what is read out of metrics. */
@NullMarked
package io.anyserve.loadtest.scrape;

import org.jspecify.annotations.NullMarked;
