package io.anyserve.router.results;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.router.recovery.InFlightIndex;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.runtime.kafka.SeekableLogReader;
import java.time.InstantSource;

/**
 * What the results application depends on.
 *
 * @param maxRecordBytes of a value that is written
 * @param requests where other threads find what is in flight
 * @param clock the router's
 */
public record RouterDependencies(
    TopicNames topics,
    int maxRecordBytes,
    SeekableLogReader past,
    InFlightIndex requests,
    InstantSource clock,
    RouterMetrics meters) {}
