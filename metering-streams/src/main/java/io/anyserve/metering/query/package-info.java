/** Questions about usage, their answers, and the answers of the local stores. */
@NullMarked
package io.anyserve.metering.query;

import org.jspecify.annotations.NullMarked;
