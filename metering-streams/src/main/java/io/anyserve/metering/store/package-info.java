/** The state stores with usage, and who listens to their updates. */
@NullMarked
package io.anyserve.metering.store;

import org.jspecify.annotations.NullMarked;
