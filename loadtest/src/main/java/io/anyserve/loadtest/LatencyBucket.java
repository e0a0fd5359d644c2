package io.anyserve.loadtest;

/**
 * How many times lay in a range, in microseconds.
 *
 * @param from exclusive
 * @param to inclusive
 */
public record LatencyBucket(double from, double to, long count) {}
