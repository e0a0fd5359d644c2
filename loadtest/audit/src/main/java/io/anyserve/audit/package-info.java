/** Counts usage again from the token events and compares it with the ledger and its aggregates. */
@NullMarked
package io.anyserve.audit;

import org.jspecify.annotations.NullMarked;
