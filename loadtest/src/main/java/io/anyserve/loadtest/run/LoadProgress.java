package io.anyserve.loadtest.run;

import io.anyserve.loadtest.report.PhaseReport.Window;
import java.util.Optional;

/**
 * How far a run is.
 *
 * @param seconds since it began, the warm-up included
 * @param length of all, as planned, seconds
 * @param latest the last window; empty while nothing is measured
 */
public record LoadProgress(
    String phase, double seconds, double length, long inFlight, Optional<Window> latest) {}
