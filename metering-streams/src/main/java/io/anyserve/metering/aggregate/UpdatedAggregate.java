package io.anyserve.metering.aggregate;

import org.apache.kafka.common.utils.Bytes;

/**
 * An aggregate as it stands now.
 *
 * @param key in its store and on its topic
 * @param bytes the usage as the topic has it
 */
public record UpdatedAggregate<T>(String key, T usage, Bytes bytes) {}
