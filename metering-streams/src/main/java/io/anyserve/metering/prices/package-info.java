/** Price books: how they are written, checked, followed from the topic, and applied. */
@NullMarked
package io.anyserve.metering.prices;

import org.jspecify.annotations.NullMarked;
