package io.anyserve.loadtest.simulation;

/**
 * What the parts of one kind had to do.
 *
 * @param part kind
 * @param count of them
 * @param mean share of their time in which they had work; above 1 where work piles up
 * @param busiest the same of the one that had most
 * @param longestWait of one job for its turn, microseconds
 */
public record Utilisation(
    String part, int count, double mean, double busiest, double longestWait) {}
