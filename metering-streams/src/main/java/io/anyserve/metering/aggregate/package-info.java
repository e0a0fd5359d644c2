/** How ledger lines add up to the accounts of sessions, tenants and windows. */
@NullMarked
package io.anyserve.metering.aggregate;

import org.jspecify.annotations.NullMarked;
