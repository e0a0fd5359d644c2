package io.anyserve.standalone.simulation;

import io.anyserve.contracts.event.TokenRecord;

/**
 * One record of the log.
 *
 * @param timestamp milliseconds, by the log's clock
 * @param record what the value says
 */
record Entry(long offset, long timestamp, byte[] key, byte[] value, TokenRecord record) {}
