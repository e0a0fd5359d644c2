/** How ledger entries add up to the aggregates of sessions, tenants and windows. */
@NullMarked
package io.anyserve.metering.aggregate;

import org.jspecify.annotations.NullMarked;
