package io.anyserve.loadtest.run;

/**
 * A caller whose next request is due.
 *
 * @param due nanoseconds from the start of the run
 */
record Arrival(long due, CallerSession session) {}
