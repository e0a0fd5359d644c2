/** Which workers live and what they offer, read from the topic {@code workers}. */
@NullMarked
package io.anyserve.contracts.registry;

import org.jspecify.annotations.NullMarked;
