/** Hands ledger entries on as CloudEvents, to a topic and to an HTTP endpoint. */
@NullMarked
package io.anyserve.metering.export;

import org.jspecify.annotations.NullMarked;
