/**
 * Exact usage out of the token events: a ledger entry for each request, totals for each session.
 */
@NullMarked
package io.anyserve.metering;

import org.jspecify.annotations.NullMarked;
