/** From the events of a request to its ledger entry. */
@NullMarked
package io.anyserve.metering.ledger;

import org.jspecify.annotations.NullMarked;
