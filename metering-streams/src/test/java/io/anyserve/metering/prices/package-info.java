/** Tests of the price books. */
@NullMarked
package io.anyserve.metering.prices;

import org.jspecify.annotations.NullMarked;
