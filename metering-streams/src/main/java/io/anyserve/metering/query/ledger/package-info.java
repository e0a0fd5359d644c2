/** Pages of ledger entries, read from the topic. */
@NullMarked
package io.anyserve.metering.query.ledger;

import org.jspecify.annotations.NullMarked;
