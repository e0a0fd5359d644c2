/** The ledger under load, end to end, beside a Kafka Streams application that only passes on. */
@NullMarked
package io.anyserve.loadtest.metering;

import org.jspecify.annotations.NullMarked;
